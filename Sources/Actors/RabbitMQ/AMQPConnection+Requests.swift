internal import CRabbitMQ

/// Requests that wait for the broker's answer; each is bounded by the request time-out. An error with the code of a channel
/// has been answered with close-ok: the channel's number is free again and the connection is good.
extension AMQPConnection {
  /// Opens a channel under a fresh number.
  func openChannel() throws(RabbitMQError) -> UInt16 {
    let channel = nextChannelNumber()
    guard answered(amqp_channel_open(state, channel)) != nil else { throw failure(on: channel, "opening a channel") }
    return channel
  }

  /// Closes a channel and waits for Close-Ok: the broker has then handled every ack before it.
  func closeChannel(_ channel: UInt16) throws(RabbitMQError) {
    let reply = amqp_channel_close(state, channel, AMQP_REPLY_SUCCESS)
    if let error = RabbitMQError(reply, during: "closing a channel") { throw error }
  }

  /// Makes the channel a confirming one.
  func selectConfirms(_ channel: UInt16) throws(RabbitMQError) {
    guard answered(amqp_confirm_select(state, channel)) != nil else {
      throw failure(on: channel, "switching on confirms")
    }
  }

  func setPrefetch(_ count: Int, on channel: UInt16) throws(RabbitMQError) {
    guard answered(amqp_basic_qos(state, channel, 0, UInt16(clamping: count), 0)) != nil else {
      throw failure(on: channel, "setting the prefetch count")
    }
  }

  /// Declares a durable queue, or with `passive` only asks for it.
  ///
  /// - Returns: How many messages are ready and how many consumers there are.
  @discardableResult
  func declareQueue(
    _ name: String, arguments: [String: AMQPValue] = [:], passive: Bool = false, on channel: UInt16
  ) throws(RabbitMQError) -> (ready: Int, consumers: Int) {
    let arena = FieldTable.Arena()
    let answer = answered(
      amqp_queue_declare(state, channel, arena.bytes(name), passive ? 1 : 0, 1, 0, 0, arena.table(arguments)))
    guard let answer else { throw failure(on: channel, "declaring queue \(name)") }
    let counts = (Int(answer.pointee.message_count), Int(answer.pointee.consumer_count))
    releaseBuffers(channel)
    return counts
  }

  func declareExchange(_ name: String, type: String, on channel: UInt16) throws(RabbitMQError) {
    let arena = FieldTable.Arena()
    let answer = answered(
      amqp_exchange_declare(state, channel, arena.bytes(name), arena.bytes(type), 0, 1, 0, 0, amqp_empty_table))
    guard answer != nil else { throw failure(on: channel, "declaring exchange \(name)") }
  }

  func bindQueue(
    _ queue: String, to exchange: String, key: String, arguments: [String: AMQPValue] = [:], on channel: UInt16
  ) throws(RabbitMQError) {
    let arena = FieldTable.Arena()
    let answer = answered(
      amqp_queue_bind(
        state, channel, arena.bytes(queue), arena.bytes(exchange), arena.bytes(key), arena.table(arguments)))
    guard answer != nil else { throw failure(on: channel, "binding queue \(queue)") }
  }

  func bindExchange(_ target: String, to source: String, key: String, on channel: UInt16) throws(RabbitMQError) {
    let arena = FieldTable.Arena()
    let answer = answered(
      amqp_exchange_bind(state, channel, arena.bytes(target), arena.bytes(source), arena.bytes(key), amqp_empty_table))
    guard answer != nil else { throw failure(on: channel, "binding exchange \(target)") }
  }

  /// Starts a consumer with manual acknowledgement.
  ///
  /// - Returns: The consumer tag.
  func consume(_ queue: String, on channel: UInt16) throws(RabbitMQError) -> String {
    let arena = FieldTable.Arena()
    let answer = answered(
      amqp_basic_consume(state, channel, arena.bytes(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table))
    guard let answer else { throw failure(on: channel, "consuming \(queue)") }
    return FieldTable.string(answer.pointee.consumer_tag)
  }

  /// Stops a consumer and waits for the answer.
  func cancelConsumer(_ tag: String, on channel: UInt16) throws(RabbitMQError) {
    let arena = FieldTable.Arena()
    guard amqp_basic_cancel(state, channel, arena.bytes(tag)) != nil else {
      throw failure(on: channel, "cancelling a consumer")
    }
  }

  func deleteQueue(_ queue: String, on channel: UInt16) throws(RabbitMQError) {
    let arena = FieldTable.Arena()
    guard amqp_queue_delete(state, channel, arena.bytes(queue), 0, 0) != nil else {
      throw failure(on: channel, "deleting queue \(queue)")
    }
  }

  /// Answers a `channel.close` of the broker; the library never does.
  func confirmChannelClosed(_ channel: UInt16) {
    var answer = amqp_channel_close_ok_t()
    amqp_send_method(state, channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &answer)
    releaseBuffers(channel)
  }

  /// Answers a `connection.close` of the broker.
  func confirmConnectionClosed() {
    var answer = amqp_connection_close_ok_t()
    amqp_send_method(state, 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &answer)
  }

  func releaseBuffers(_ channel: UInt16) { amqp_maybe_release_buffers_on_channel(state, channel) }

  /// The broker answers: whoever watches over this connection begins to wait anew.
  private func answered<Answer>(_ answer: Answer?) -> Answer? {
    if answer != nil { onAnswer?() }
    return answer
  }

  private func failure(on channel: UInt16, _ action: String) -> RabbitMQError {
    let reply = amqp_get_rpc_reply(state)
    let error = RabbitMQError(reply, during: action) ?? RabbitMQError(.connectionLost, "\(action): no answer")
    if reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION {
      if reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD {
        confirmChannelClosed(channel)
      } else if reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD {
        confirmConnectionClosed()
      }
    }
    return error
  }
}

extension RabbitMQError {
  /// Whether only a channel is gone and the connection can be used on.
  var concernsChannelOnly: Bool {
    switch code {
    case .channelClosed, .topologyConflict, .notFound, .accessRefused: replyCode != nil
    default: false
    }
  }
}
