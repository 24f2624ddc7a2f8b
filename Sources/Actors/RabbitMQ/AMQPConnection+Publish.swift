internal import CRabbitMQ
import Glibc

extension AMQPConnection {
  /// Takes one persistent, mandatory publish. It is written by ``flushPublishes()`` at the latest, which must be called
  /// before a request is sent. Both can block while the socket is full.
  func publish(
    _ body: MessageBody, properties: MessageProperties, exchange: String, key: String, on channel: UInt16
  ) throws(RabbitMQError) {
    var basic = amqp_basic_properties_t()
    basic.delivery_mode = 2
    basic._flags = amqp_flags_t(AMQP_BASIC_DELIVERY_MODE_FLAG)
    if let priority = properties.priority {
      basic.priority = priority
      basic._flags |= amqp_flags_t(AMQP_BASIC_PRIORITY_FLAG)
    }
    // Its memory is lent to `basic`.
    let arena = properties.hasTexts || !properties.headers.isEmpty ? FieldTable.Arena() : nil
    defer { withExtendedLifetime(arena) {} }
    if let arena { properties.write(into: &basic, arena) }
    var exchange = exchange
    var key = key
    if publishes.isFull { try flushPublishes() }
    let isGathered = !url.usesTLS && exchange.withUTF8 { exchange in
      key.withUTF8 { key in
        body.withUnsafeBytes { gather($0, &basic, Self.view(exchange), Self.view(key), channel) }
      }
    }
    if isGathered { return }
    try flushPublishes()
    let status = exchange.withUTF8 { exchange in
      key.withUTF8 { key in
        body.withUnsafeBytes { body in
          let content = amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
          return amqp_basic_publish(state, channel, Self.view(exchange), Self.view(key), 1, 0, &basic, content)
        }
      }
    }
    try check(status, "publishing")
    // A body that fills its last frame exactly leaves that frame in the kernel under MSG_MORE until something follows,
    // 200 ms later at the earliest; a heartbeat frame is something.
    if body.count > 0, body.count % (frameMax - 8) == 0 { try sendHeartbeat() }
  }

  private func gather(
    _ body: UnsafeRawBufferPointer, _ properties: inout amqp_basic_properties_t, _ exchange: amqp_bytes_t,
    _ key: amqp_bytes_t, _ channel: UInt16
  ) -> Bool {
    var method = amqp_basic_publish_t(ticket: 0, exchange: exchange, routing_key: key, mandatory: 1, immediate: 0)
    return publishes.append(&method, &properties, body, on: channel, frameMax: frameMax)
  }

  /// Writes the publishes that have gathered. A socket that stays full is cut by the ``HangWatch``: half a frame cannot be
  /// left for later, because the library may send a heartbeat at any time.
  func flushPublishes() throws(RabbitMQError) {
    guard !publishes.isEmpty else { return }
    defer { publishes.removeAll() }
    let bytes = publishes.bytes
    var sent = 0
    while sent < bytes.count {
      let length = send(socket, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      if length >= 0 {
        sent += length
      } else if errno == EAGAIN {
        var descriptor = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        _ = poll(&descriptor, 1, 1_000)
      } else if errno != EINTR {
        throw RabbitMQError(.connectionLost, "publishing at \(url.address): \(String(cString: strerror(errno)))")
      }
    }
  }

  private static func view(_ text: UnsafeBufferPointer<UInt8>) -> amqp_bytes_t {
    amqp_bytes_t(len: text.count, bytes: UnsafeMutableRawPointer(mutating: text.baseAddress))
  }
}

extension MessageProperties {
  /// Whether there is more to write than priority and headers.
  fileprivate var hasTexts: Bool {
    messageID != nil || contentType != nil || contentEncoding != nil || correlationID != nil || type != nil
  }

  fileprivate func write(into basic: inout amqp_basic_properties_t, _ arena: FieldTable.Arena) {
    if !headers.isEmpty {
      basic.headers = arena.table(headers)
      basic._flags |= amqp_flags_t(AMQP_BASIC_HEADERS_FLAG)
    }
    func set(_ text: String?, _ flag: Int32, _ path: WritableKeyPath<amqp_basic_properties_t, amqp_bytes_t>) {
      guard let text, text.utf8.count <= 255 else { return }
      basic[keyPath: path] = arena.bytes(text)
      basic._flags |= amqp_flags_t(flag)
    }
    set(messageID, AMQP_BASIC_MESSAGE_ID_FLAG, \.message_id)
    set(contentType, AMQP_BASIC_CONTENT_TYPE_FLAG, \.content_type)
    set(contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG, \.content_encoding)
    set(correlationID, AMQP_BASIC_CORRELATION_ID_FLAG, \.correlation_id)
    set(type, AMQP_BASIC_TYPE_FLAG, \.type)
  }

  /// What matters of the library's properties; nil when there is nothing of it, which is the usual case.
  init?(ifAny basic: UnsafePointer<amqp_basic_properties_t>) {
    let known =
      AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_PRIORITY_FLAG | AMQP_BASIC_HEADERS_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG
      | AMQP_BASIC_CONTENT_ENCODING_FLAG | AMQP_BASIC_CORRELATION_ID_FLAG | AMQP_BASIC_TYPE_FLAG
    guard basic.pointee._flags & amqp_flags_t(known) != 0 else { return nil }
    self.init(basic, deaths: false)
  }

  /// Copies what matters of the library's properties.
  ///
  /// - Parameter deaths: Whether the broker's notes on earlier dead-letterings matter.
  init(_ basic: UnsafePointer<amqp_basic_properties_t>, deaths: Bool = true) {
    self.init()
    let flags = basic.pointee._flags
    func has(_ flag: Int32) -> Bool { flags & amqp_flags_t(flag) != 0 }
    if has(AMQP_BASIC_MESSAGE_ID_FLAG) { messageID = FieldTable.string(basic.pointee.message_id) }
    if has(AMQP_BASIC_PRIORITY_FLAG) { priority = basic.pointee.priority }
    if has(AMQP_BASIC_HEADERS_FLAG) {
      headers = deaths ? FieldTable.decode(basic.pointee.headers) : FieldTable.decodeHeaders(basic.pointee.headers)
    }
    if has(AMQP_BASIC_CONTENT_TYPE_FLAG) { contentType = FieldTable.string(basic.pointee.content_type) }
    if has(AMQP_BASIC_CONTENT_ENCODING_FLAG) { contentEncoding = FieldTable.string(basic.pointee.content_encoding) }
    if has(AMQP_BASIC_CORRELATION_ID_FLAG) { correlationID = FieldTable.string(basic.pointee.correlation_id) }
    if has(AMQP_BASIC_TYPE_FLAG) { type = FieldTable.string(basic.pointee.type) }
  }
}
