internal import CRabbitMQ
import Glibc
// Where the compiler finds the members of `timeval` when the whole module is compiled at once.
import SwiftOverlayShims

/// What a frame from the broker means. The bytes of contents are lent for the time of one call.
enum IncomingFrame {
  case deliver(channel: UInt16, tag: UInt64, redelivered: Bool, isExtra: Bool)
  case returned(channel: UInt16, ContentAssembler.Return)
  case header(channel: UInt16, bodySize: UInt64, properties: UnsafePointer<amqp_basic_properties_t>)
  case body(channel: UInt16, bytes: UnsafeRawBufferPointer)
  case confirm(channel: UInt16, tag: UInt64, multiple: Bool, positive: Bool)
  case consumerCancelled(channel: UInt16, tag: String)
  case channelClosed(channel: UInt16, RabbitMQError)
  case blocked(String)
  case unblocked
  case ignored
}

extension AMQPConnection {
  /// Takes the next frame that is here already, and looks after the heartbeat at the same time. Buffers of the frame must be
  /// given back with ``releaseBuffers(_:)`` after use.
  ///
  /// - Returns: nil when nothing is here.
  /// - Throws: ``RabbitMQError`` when the connection is lost; an error of a channel is a frame, not an error.
  func nextFrame() throws(RabbitMQError) -> IncomingFrame? {
    var frame = amqp_frame_t()
    var zero = Glibc.timeval()
    let status = AMQPStatus(rawValue: amqp_simple_wait_frame_noblock(state, &frame, &zero))
    if status == .timeout { return nil }
    guard status == .ok else { throw RabbitMQError(status, during: "reading from \(url.address)") }
    switch Int32(frame.frame_type) {
    case AMQP_FRAME_METHOD: return try method(frame)
    case AMQP_FRAME_HEADER:
      guard let decoded = frame.payload.properties.decoded else { return .ignored }
      return .header(
        channel: frame.channel, bodySize: frame.payload.properties.body_size,
        properties: UnsafePointer(decoded.assumingMemoryBound(to: amqp_basic_properties_t.self)))
    case AMQP_FRAME_BODY:
      let fragment = frame.payload.body_fragment
      return .body(
        channel: frame.channel, bytes: UnsafeRawBufferPointer(start: fragment.bytes, count: fragment.len))
    default: return .ignored
    }
  }

  private func method(_ frame: amqp_frame_t) throws(RabbitMQError) -> IncomingFrame {
    let channel = frame.channel
    guard let decoded = frame.payload.method.decoded else { return .ignored }
    switch frame.payload.method.id {
    case AMQP_BASIC_DELIVER_METHOD:
      let deliver = decoded.assumingMemoryBound(to: amqp_basic_deliver_t.self).pointee
      return .deliver(
        channel: channel, tag: deliver.delivery_tag, redelivered: deliver.redelivered != 0,
        isExtra: deliver.consumer_tag.len == Self.extraConsumerTag.utf8.count)
    case AMQP_BASIC_ACK_METHOD:
      let ack = decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
      return .confirm(channel: channel, tag: ack.delivery_tag, multiple: ack.multiple != 0, positive: true)
    case AMQP_BASIC_NACK_METHOD:
      let nack = decoded.assumingMemoryBound(to: amqp_basic_nack_t.self).pointee
      return .confirm(channel: channel, tag: nack.delivery_tag, multiple: nack.multiple != 0, positive: false)
    case AMQP_BASIC_RETURN_METHOD:
      let answer = decoded.assumingMemoryBound(to: amqp_basic_return_t.self).pointee
      let key = FieldTable.string(answer.routing_key)
      return .returned(
        channel: channel,
        ContentAssembler.Return(
          text: "\(answer.reply_code) \(FieldTable.string(answer.reply_text)) for \(key)",
          exchange: FieldTable.string(answer.exchange), key: key))
    case AMQP_BASIC_CANCEL_METHOD:
      let cancel = decoded.assumingMemoryBound(to: amqp_basic_cancel_t.self).pointee
      return .consumerCancelled(channel: channel, tag: FieldTable.string(cancel.consumer_tag))
    case AMQP_CHANNEL_CLOSE_METHOD:
      let error = RabbitMQError(closing: frame.payload.method.id, decoded, during: "channel \(channel)")
      return .channelClosed(channel: channel, error)
    case AMQP_CONNECTION_CLOSE_METHOD:
      let error = RabbitMQError(closing: frame.payload.method.id, decoded, during: url.address)
      confirmConnectionClosed()
      throw error
    case AMQP_CONNECTION_BLOCKED_METHOD:
      let blocked = decoded.assumingMemoryBound(to: amqp_connection_blocked_t.self).pointee
      return .blocked(FieldTable.string(blocked.reason))
    case AMQP_CONNECTION_UNBLOCKED_METHOD: return .unblocked
    default: return .ignored
    }
  }

  /// Acknowledges one delivery, or with `multiple` all up to it.
  func acknowledge(_ tag: UInt64, multiple: Bool, on channel: UInt16) throws(RabbitMQError) {
    try check(amqp_basic_ack(state, channel, tag, multiple ? 1 : 0), "acknowledging")
  }

  /// Refuses one delivery: it goes back to its queue, or, without `requeue`, to the dead letters.
  func refuse(_ tag: UInt64, requeue: Bool, on channel: UInt16) throws(RabbitMQError) {
    try check(amqp_basic_nack(state, channel, tag, 0, requeue ? 1 : 0), "refusing a delivery")
  }

  /// Says that nothing more will be sent, and waits until the broker has taken what was, for a second at most. Closed with
  /// unread frames the socket would be reset, and the broker would lose what it had not read.
  func finishSending() {
    guard shutdown(socket, Int32(SHUT_WR)) == 0 else { return }
    let deadline = MonotonicClock.now &+ 1_000_000_000
    var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { buffer in
      while true {
        let now = MonotonicClock.now
        guard now < deadline, poll(&descriptor, 1, Int32((deadline - now) / 1_000_000)) > 0,
          recv(socket, buffer.baseAddress, buffer.count, 0) > 0
        else { return }
      }
    }
  }

  /// Sends a heartbeat frame now.
  func sendHeartbeat() throws(RabbitMQError) {
    var frame = amqp_frame_t()
    frame.frame_type = UInt8(AMQP_FRAME_HEARTBEAT)
    try check(amqp_send_frame(state, &frame), "sending a heartbeat")
  }

  func check(_ status: Int32, _ action: String) throws(RabbitMQError) {
    guard status < 0 else { return }
    throw RabbitMQError(AMQPStatus(rawValue: status), during: "\(action) at \(url.address)")
  }
}
