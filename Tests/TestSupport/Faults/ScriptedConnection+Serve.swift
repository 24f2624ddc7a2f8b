/// A publish as the scripted server got it.
package struct ScriptedPublish: Sendable {
  /// The channel.
  package let channel: UInt16
  /// Its number on that channel, from 1: the tag of its confirm.
  package let tag: UInt64
  /// The exchange.
  package let exchange: String
  /// The routing key.
  package let routingKey: String
  /// Whether the publish was mandatory.
  package let isMandatory: Bool
  /// The body.
  package let body: [UInt8]
  /// The properties.
  package let properties: WireProperties
}

/// A consumer as the scripted server got it.
package struct ScriptedConsumer: Sendable {
  /// The channel.
  package let channel: UInt16
  /// The queue.
  package let queue: String
  /// The tag the server gave.
  package let tag: String
}

/// How the scripted server answers to what is not routine.
package struct ScriptedBehaviour {
  /// Sees the number of each channel that is opened.
  package var open: (UInt16) throws -> Void = { _ in }
  /// Answers a publish; by default with a confirm.
  package var publish: (ScriptedConnection, ScriptedPublish) throws -> Void = { try $0.confirm($1) }
  /// Follows a new consumer; by default with nothing.
  package var consume: (ScriptedConnection, ScriptedConsumer) throws -> Void = { _, _ in }
  /// Sees ack, nack and reject frames.
  package var settle: (ScriptedConnection, WireFrame) throws -> Void = { _, _ in }

  /// A server without surprises.
  package init() {}
}

extension ScriptedConnection {
  /// Confirms a publish.
  package func confirm(_ publish: ScriptedPublish) throws {
    try send(
      WireFrame(.ack, channel: publish.channel) { writer in
        writer.u64(publish.tag)
        writer.u8(0)
      })
  }

  /// Refuses a publish.
  package func refuse(_ publish: ScriptedPublish) throws {
    try send(
      WireFrame(.nack, channel: publish.channel) { writer in
        writer.u64(publish.tag)
        writer.u8(0)
      })
  }

  /// Returns a publish as unroutable; a confirm must follow.
  package func giveBack(_ publish: ScriptedPublish) throws {
    let method = WireFrame(.returned, channel: publish.channel) { writer in
      writer.u16(312)
      writer.shortString("NO_ROUTE")
      writer.shortString(publish.exchange)
      writer.shortString(publish.routingKey)
    }
    try send([method] + WireFrame.content(publish.body, publish.properties, channel: publish.channel))
  }

  /// Serves until the client closes: routine methods get their routine answers.
  package func serve(_ behaviour: ScriptedBehaviour = ScriptedBehaviour()) throws {
    var published: [UInt16: UInt64] = [:]
    var consumers = 0
    while let frame = try next() {
      switch frame.method {
      case .publish:
        published[frame.channel, default: 0] += 1
        let publish = try content(after: frame, tag: published[frame.channel] ?? 0)
        try behaviour.publish(self, publish)
      case .consume:
        consumers += 1
        try behaviour.consume(self, try startConsumer(frame, number: consumers))
      case .ack, .nack, .reject:
        try behaviour.settle(self, frame)
      case .openChannel:
        published[frame.channel] = 0
        try behaviour.open(frame.channel)
        try send(WireFrame(.openChannelOk, channel: frame.channel) { $0.u32(0) })
      case .closeConnection:
        try send(WireFrame(.closeConnectionOk, channel: 0))
        return
      default:
        try answerRoutine(frame)
      }
    }
  }

  private func startConsumer(_ frame: WireFrame, number: Int) throws -> ScriptedConsumer {
    var reader = frame.arguments
    _ = try reader.u16()
    let queue = try reader.shortString()
    let asked = try reader.shortString()
    let tag = asked.isEmpty ? "scripted-\(number)" : asked
    try send(WireFrame(.consumeOk, channel: frame.channel) { $0.shortString(tag) })
    return ScriptedConsumer(channel: frame.channel, queue: queue, tag: tag)
  }

  private func content(after frame: WireFrame, tag: UInt64) throws -> ScriptedPublish {
    var reader = frame.arguments
    _ = try reader.u16()
    let exchange = try reader.shortString()
    let routingKey = try reader.shortString()
    let bits = try reader.u8()
    guard let headerFrame = try next() else { throw WireError("no content header") }
    var header = WireReader(headerFrame.payload)
    _ = try header.u32()
    let size = Int(try header.u64())
    let properties = try WireProperties(from: &header)
    var body: [UInt8] = []
    while body.count < size {
      guard let part = try next() else { throw WireError("no content body") }
      body += part.payload
    }
    return ScriptedPublish(
      channel: frame.channel, tag: tag, exchange: exchange, routingKey: routingKey, isMandatory: bits & 1 == 1,
      body: body, properties: properties)
  }

  private func answerRoutine(_ frame: WireFrame) throws {
    let channel = frame.channel
    switch frame.method {
    case .closeChannel: try send(WireFrame(.closeChannelOk, channel: channel))
    case .selectConfirm: try send(WireFrame(.selectConfirmOk, channel: channel))
    case .qos: try send(WireFrame(.qosOk, channel: channel))
    case .declareExchange: try send(WireFrame(.declareExchangeOk, channel: channel))
    case .bindExchange: try send(WireFrame(.bindExchangeOk, channel: channel))
    case .bindQueue: try send(WireFrame(.bindQueueOk, channel: channel))
    case .purge: try send(WireFrame(.purgeOk, channel: channel) { $0.u32(0) })
    case .delete: try send(WireFrame(.deleteOk, channel: channel) { $0.u32(0) })
    case .cancel:
      var reader = frame.arguments
      let tag = try reader.shortString()
      try send(WireFrame(.cancelOk, channel: channel) { $0.shortString(tag) })
    case .declareQueue:
      var reader = frame.arguments
      _ = try reader.u16()
      let queue = try reader.shortString()
      try send(
        WireFrame(.declareQueueOk, channel: channel) { writer in
          writer.shortString(queue)
          writer.u32(0)
          writer.u32(0)
        })
    default: break
    }
  }
}
