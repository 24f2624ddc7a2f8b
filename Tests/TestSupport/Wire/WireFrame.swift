/// A method of AMQP 0-9-1: its class and its number in it.
package struct WireMethod: Hashable, Sendable, CustomStringConvertible {
  /// The class.
  package let family: UInt16
  /// The number in the class.
  package let number: UInt16

  /// Names a method.
  package init(_ family: UInt16, _ number: UInt16) {
    self.family = family
    self.number = number
  }

  /// As in the specification's tables.
  package var description: String { "\(family).\(number)" }

  /// connection.start
  package static let start = WireMethod(10, 10)
  /// connection.start-ok
  package static let startOk = WireMethod(10, 11)
  /// connection.tune
  package static let tune = WireMethod(10, 30)
  /// connection.tune-ok
  package static let tuneOk = WireMethod(10, 31)
  /// connection.open
  package static let open = WireMethod(10, 40)
  /// connection.open-ok
  package static let openOk = WireMethod(10, 41)
  /// connection.close
  package static let closeConnection = WireMethod(10, 50)
  /// connection.close-ok
  package static let closeConnectionOk = WireMethod(10, 51)
  /// connection.blocked
  package static let blocked = WireMethod(10, 60)
  /// connection.unblocked
  package static let unblocked = WireMethod(10, 61)
  /// channel.open
  package static let openChannel = WireMethod(20, 10)
  /// channel.open-ok
  package static let openChannelOk = WireMethod(20, 11)
  /// channel.close
  package static let closeChannel = WireMethod(20, 40)
  /// channel.close-ok
  package static let closeChannelOk = WireMethod(20, 41)
  /// exchange.declare
  package static let declareExchange = WireMethod(40, 10)
  /// exchange.declare-ok
  package static let declareExchangeOk = WireMethod(40, 11)
  /// exchange.bind
  package static let bindExchange = WireMethod(40, 30)
  /// exchange.bind-ok
  package static let bindExchangeOk = WireMethod(40, 31)
  /// queue.declare
  package static let declareQueue = WireMethod(50, 10)
  /// queue.declare-ok
  package static let declareQueueOk = WireMethod(50, 11)
  /// queue.bind
  package static let bindQueue = WireMethod(50, 20)
  /// queue.bind-ok
  package static let bindQueueOk = WireMethod(50, 21)
  /// queue.purge
  package static let purge = WireMethod(50, 30)
  /// queue.purge-ok
  package static let purgeOk = WireMethod(50, 31)
  /// queue.delete
  package static let delete = WireMethod(50, 40)
  /// queue.delete-ok
  package static let deleteOk = WireMethod(50, 41)
  /// basic.qos
  package static let qos = WireMethod(60, 10)
  /// basic.qos-ok
  package static let qosOk = WireMethod(60, 11)
  /// basic.consume
  package static let consume = WireMethod(60, 20)
  /// basic.consume-ok
  package static let consumeOk = WireMethod(60, 21)
  /// basic.cancel
  package static let cancel = WireMethod(60, 30)
  /// basic.cancel-ok
  package static let cancelOk = WireMethod(60, 31)
  /// basic.publish
  package static let publish = WireMethod(60, 40)
  /// basic.return
  package static let returned = WireMethod(60, 50)
  /// basic.deliver
  package static let deliver = WireMethod(60, 60)
  /// basic.get
  package static let get = WireMethod(60, 70)
  /// basic.get-ok
  package static let getOk = WireMethod(60, 71)
  /// basic.get-empty
  package static let getEmpty = WireMethod(60, 72)
  /// basic.ack
  package static let ack = WireMethod(60, 80)
  /// basic.reject
  package static let reject = WireMethod(60, 90)
  /// basic.nack
  package static let nack = WireMethod(60, 120)
  /// confirm.select
  package static let selectConfirm = WireMethod(85, 10)
  /// confirm.select-ok
  package static let selectConfirmOk = WireMethod(85, 11)
}

/// One frame.
package struct WireFrame: Sendable {
  /// 1 method, 2 content header, 3 body, 8 heartbeat.
  package var kind: UInt8
  /// The channel.
  package var channel: UInt16
  /// Everything between the frame's header and its end octet.
  package var payload: [UInt8]

  /// Makes a frame.
  package init(kind: UInt8, channel: UInt16, payload: [UInt8]) {
    self.kind = kind
    self.channel = channel
    self.payload = payload
  }

  /// A method frame.
  package init(_ method: WireMethod, channel: UInt16, _ arguments: (inout WireWriter) -> Void = { _ in }) {
    var writer = WireWriter()
    writer.u16(method.family)
    writer.u16(method.number)
    arguments(&writer)
    self.init(kind: 1, channel: channel, payload: writer.bytes)
  }

  /// A heartbeat.
  package static let heartbeat = WireFrame(kind: 8, channel: 0, payload: [])

  /// The frames of a message's content: header and bodies.
  package static func content(
    _ body: [UInt8], _ properties: WireProperties, channel: UInt16, frameMax: Int = 131_072
  ) -> [WireFrame] {
    var header = WireWriter()
    header.u16(60)
    header.u16(0)
    header.u64(UInt64(body.count))
    properties.write(to: &header)
    var frames = [WireFrame(kind: 2, channel: channel, payload: header.bytes)]
    var start = 0
    while start < body.count {
      let end = min(body.count, start + frameMax - 8)
      frames.append(WireFrame(kind: 3, channel: channel, payload: Array(body[start..<end])))
      start = end
    }
    return frames
  }

  /// The method of a method frame.
  package var method: WireMethod? {
    guard kind == 1, payload.count >= 4 else { return nil }
    return WireMethod(UInt16(payload[0]) << 8 | UInt16(payload[1]), UInt16(payload[2]) << 8 | UInt16(payload[3]))
  }

  /// Reads the arguments of a method frame.
  package var arguments: WireReader { WireReader(Array(payload.dropFirst(4))) }

  /// As sent.
  package var bytes: [UInt8] {
    var writer = WireWriter()
    writer.u8(kind)
    writer.u16(channel)
    writer.u32(UInt32(payload.count))
    writer.raw(payload)
    writer.u8(0xCE)
    return writer.bytes
  }

  /// Reads one frame; nil at the end of the stream.
  ///
  /// - Throws: ``SystemFailure``, ``WireError``.
  package static func read(from socket: TCPSocket) throws -> WireFrame? {
    guard let head = try socket.read(exactly: 7) else { return nil }
    var reader = WireReader(head)
    let kind = try reader.u8()
    let channel = try reader.u16()
    let size = Int(try reader.u32())
    guard let rest = try socket.read(exactly: size + 1), rest.last == 0xCE else {
      throw WireError("a frame of kind \(kind) and \(size) bytes has no end octet")
    }
    return WireFrame(kind: kind, channel: channel, payload: Array(rest.dropLast()))
  }
}
