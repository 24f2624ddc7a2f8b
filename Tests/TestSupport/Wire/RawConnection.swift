/// A message as the broker handed it out.
package struct RawMessage: Sendable {
  /// The delivery tag on the client's channel.
  package let tag: UInt64
  /// Whether it had been handed out before.
  package let redelivered: Bool
  /// The body.
  package let body: [UInt8]
  /// The properties and headers.
  package let properties: WireProperties

  /// The body as text.
  package var text: String { String(decoding: body, as: UTF8.self) }
}

/// What the broker said to a publish.
package enum RawConfirm: Sendable, Hashable {
  /// basic.ack
  case confirmed
  /// basic.return, then basic.ack
  case returned
  /// basic.nack
  case refused
}

/// A blocking AMQP client on its own codec: slow and simple, an oracle that shares nothing with the library under test.
/// Confined to one thread at a time by ``RawClient``.
final class RawConnection {
  private let socket: TCPSocket
  private let address: BrokerAddress
  private var channel: UInt16 = 0
  private var published: UInt64 = 0

  init(_ address: BrokerAddress) throws {
    self.address = address
    socket = try TCPSocket.connect(port: address.port)
    socket.setTimeout(seconds: 30)
    do {
      try handshake()
      try openChannel()
    } catch {
      socket.close()
      throw error
    }
  }

  private func handshake() throws {
    try socket.write(Array("AMQP".utf8) + [0, 0, 9, 1])
    _ = try reply(.start, on: 0)
    let capabilities: [String: WireValue] = ["publisher_confirms": .bool(true), "basic.nack": .bool(true)]
    try send(
      WireFrame(.startOk, channel: 0) { writer in
        writer.table(["product": .string("troupe tests"), "capabilities": .table(capabilities)])
        writer.shortString("PLAIN")
        writer.longString([0] + Array(address.user.utf8) + [0] + Array(address.password.utf8))
        writer.shortString("en_US")
      })
    _ = try reply(.tune, on: 0)
    try send(
      WireFrame(.tuneOk, channel: 0) { writer in
        writer.u16(2_047)
        writer.u32(131_072)
        writer.u16(0)
      })
    try send(
      WireFrame(.open, channel: 0) { writer in
        writer.shortString(address.virtualHost)
        writer.shortString("")
        writer.u8(0)
      })
    _ = try reply(.openOk, on: 0)
  }

  private func openChannel() throws {
    channel += 1
    published = 0
    try send(WireFrame(.openChannel, channel: channel) { $0.shortString("") })
    _ = try reply(.openChannelOk, on: channel)
    try send(WireFrame(.selectConfirm, channel: channel) { $0.u8(0) })
    _ = try reply(.selectConfirmOk, on: channel)
  }

  /// Closes the connection.
  func close() {
    let close = WireFrame(.closeConnection, channel: 0) { writer in
      writer.u16(200)
      writer.shortString("")
      writer.u32(0)
    }
    if (try? send(close)) != nil { _ = try? reply(.closeConnectionOk, on: 0) }
    socket.close()
  }

  private func send(_ frames: WireFrame...) throws { try socket.write(frames.flatMap(\.bytes)) }

  /// The next frame that is no heartbeat and no alarm notice.
  private func next() throws -> WireFrame {
    while true {
      guard let frame = try WireFrame.read(from: socket) else { throw WireError("the broker closed the connection") }
      if frame.kind == 8 || frame.method == .blocked || frame.method == .unblocked { continue }
      return frame
    }
  }

  /// Waits for a method; a close by the broker becomes an error, after which the channel is open again.
  private func reply(_ methods: WireMethod..., on channel: UInt16) throws -> WireFrame {
    while true {
      let frame = try next()
      guard let method = frame.method else { continue }
      if methods.contains(method), frame.channel == channel { return frame }
      if method == .closeConnection || (method == .closeChannel && frame.channel == channel) {
        var reader = frame.arguments
        let code = try reader.u16()
        let text = try reader.shortString()
        let isChannel = method == .closeChannel
        try send(WireFrame(isChannel ? .closeChannelOk : .closeConnectionOk, channel: frame.channel))
        if isChannel { try openChannel() }
        throw BrokerRefusal(code: code, text: text)
      }
    }
  }

  func declare(_ queue: String, passive: Bool, arguments: [String: WireValue]) throws -> QueueFigures {
    try send(
      WireFrame(.declareQueue, channel: channel) { writer in
        writer.u16(0)
        writer.shortString(queue)
        writer.u8(passive ? 0b11 : 0b10)
        writer.table(arguments)
      })
    var reader = try reply(.declareQueueOk, on: channel).arguments
    _ = try reader.shortString()
    return QueueFigures(ready: Int(try reader.u32()), consumers: Int(try reader.u32()))
  }

  func delete(_ queue: String) throws {
    try send(
      WireFrame(.delete, channel: channel) { writer in
        writer.u16(0)
        writer.shortString(queue)
        writer.u8(0)
      })
    _ = try reply(.deleteOk, on: channel)
  }

  func purge(_ queue: String) throws -> Int {
    try send(
      WireFrame(.purge, channel: channel) { writer in
        writer.u16(0)
        writer.shortString(queue)
        writer.u8(0)
      })
    var reader = try reply(.purgeOk, on: channel).arguments
    return Int(try reader.u32())
  }

  /// Publishes, mandatory, with pipelined confirms.
  func publish(_ bodies: [[UInt8]], to queue: String, _ properties: WireProperties) throws -> [RawConfirm] {
    let first = published + 1
    let ids = first..<first + UInt64(bodies.count)
    for body in bodies {
      let method = WireFrame(.publish, channel: channel) { writer in
        writer.u16(0)
        writer.shortString("")
        writer.shortString(queue)
        writer.u8(1)
      }
      try socket.write(method.bytes + WireFrame.content(body, properties, channel: channel).flatMap(\.bytes))
    }
    published += UInt64(bodies.count)
    return try confirms(of: ids)
  }

  private func confirms(of ids: Range<UInt64>) throws -> [RawConfirm] {
    var outcomes: [UInt64: RawConfirm] = [:]
    var returned = 0
    while outcomes.count < ids.count {
      let frame = try reply(.ack, .nack, .returned, on: channel)
      if frame.method == .returned {
        returned += 1
        continue
      }
      var reader = frame.arguments
      let tag = try reader.u64()
      let multiple = try reader.u8() & 1 == 1
      // With one message at a time in flight a return belongs to the next confirm; tests that need more send one by
      // one.
      let outcome: RawConfirm = frame.method == .nack ? .refused : returned > 0 ? .returned : .confirmed
      returned = 0
      for id in ids where outcomes[id] == nil && (id == tag || (multiple && id <= tag)) { outcomes[id] = outcome }
    }
    return ids.map { outcomes[$0] ?? .refused }
  }

  func get(_ queue: String) throws -> RawMessage? {
    try send(
      WireFrame(.get, channel: channel) { writer in
        writer.u16(0)
        writer.shortString(queue)
        writer.u8(0)
      })
    let frame = try reply(.getOk, .getEmpty, on: channel)
    guard frame.method == .getOk else { return nil }
    var reader = frame.arguments
    let tag = try reader.u64()
    let redelivered = try reader.u8() & 1 == 1
    var header = WireReader(try next().payload)
    _ = try header.u32()
    let size = Int(try header.u64())
    let properties = try WireProperties(from: &header)
    var body: [UInt8] = []
    while body.count < size { body += try next().payload }
    return RawMessage(tag: tag, redelivered: redelivered, body: body, properties: properties)
  }

  func acknowledge(_ tag: UInt64) throws {
    try send(
      WireFrame(.ack, channel: channel) { writer in
        writer.u64(tag)
        writer.u8(0)
      })
  }

  /// Closes the channel and opens another: what was handed out and not acknowledged returns to its queue.
  func release() throws {
    try send(
      WireFrame(.closeChannel, channel: channel) { writer in
        writer.u16(200)
        writer.shortString("")
        writer.u32(0)
      })
    _ = try reply(.closeChannelOk, on: channel)
    try openChannel()
  }
}

/// The broker closed the channel or the connection.
package struct BrokerRefusal: Error, CustomStringConvertible {
  /// The reply code, for example 404 or 406.
  package let code: UInt16
  /// The broker's words.
  package let text: String
  /// Code and words.
  package var description: String { "\(code) \(text)" }
}

/// What the broker says about a queue.
package struct QueueFigures: Sendable, Hashable {
  /// Messages that nobody has been handed.
  package let ready: Int
  /// Consumers.
  package let consumers: Int

  /// Figures to compare with.
  package init(ready: Int, consumers: Int) {
    self.ready = ready
    self.consumers = consumers
  }
}
