internal import CRabbitMQ

extension AMQPConnection {
  /// Declares a ladder, on a channel of its own and with one round trip: the steps are sent without waiting, and the
  /// last request tells whether the broker took them all.
  ///
  /// - Throws: ``RabbitMQError``; with the code `topologyConflict` its message is the difference in words.
  func declare(_ ladder: DelayLadder) throws(RabbitMQError) {
    let channel = try openChannel()
    do throws(RabbitMQError) {
      for step in ladder.steps { try send(step, on: channel) }
      try declareQueue(ladder.queue(DelayLadder.levels - 1), passive: true, on: channel)
    } catch {
      guard let conflict = TopologyConflict(error, of: ladder) else { throw error }
      throw RabbitMQError(.topologyConflict, "\(conflict)", replyCode: error.replyCode)
    }
    try closeChannel(channel)
  }

  /// Lets the ladder deliver to a queue; on a channel of its own.
  func bind(_ queue: String, to ladder: DelayLadder) throws(RabbitMQError) {
    let channel = try openChannel()
    try bindQueue(
      queue, to: ladder.exchange(-1), key: queue,
      arguments: ["x-match": .string("all"), DelayLadder.queueHeader: .string(queue)], on: channel)
    try closeChannel(channel)
  }

  private func send(_ step: DelayLadder.Step, on channel: UInt16) throws(RabbitMQError) {
    let arena = FieldTable.Arena()
    switch step {
    case .exchange(let name, let type, let alternate):
      var method = amqp_exchange_declare_t()
      method.exchange = arena.bytes(name)
      method.type = arena.bytes(type)
      method.durable = 1
      method.nowait = 1
      method.arguments = arena.table(alternate.map { ["alternate-exchange": .string($0)] } ?? [:])
      try send(AMQP_EXCHANGE_DECLARE_METHOD, &method, channel)
    case .queue(let name, let arguments):
      var method = amqp_queue_declare_t()
      method.queue = arena.bytes(name)
      method.durable = 1
      method.nowait = 1
      method.arguments = arena.table(arguments)
      try send(AMQP_QUEUE_DECLARE_METHOD, &method, channel)
    case .bindQueue(let queue, let exchange, let key):
      var method = amqp_queue_bind_t()
      method.queue = arena.bytes(queue)
      method.exchange = arena.bytes(exchange)
      method.routing_key = arena.bytes(key)
      method.nowait = 1
      method.arguments = amqp_empty_table
      try send(AMQP_QUEUE_BIND_METHOD, &method, channel)
    case .bindExchange(let target, let source, let key):
      var method = amqp_exchange_bind_t()
      method.destination = arena.bytes(target)
      method.source = arena.bytes(source)
      method.routing_key = arena.bytes(key)
      method.nowait = 1
      method.arguments = amqp_empty_table
      try send(AMQP_EXCHANGE_BIND_METHOD, &method, channel)
    }
    withExtendedLifetime(arena) {}
  }

  private func send(_ method: amqp_method_number_t, _ fields: UnsafeMutableRawPointer, _ channel: UInt16)
    throws(RabbitMQError)
  {
    try check(amqp_send_method(state, channel, method, fields), "declaring the delay ladder")
  }
}
