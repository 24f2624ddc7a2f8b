import NIOCore

@testable import BoltDriver

/// One connection of a scripted server.
final class ScriptedConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let number: Int
  private let handshake: [UInt8]
  private let dialect: PackStreamDialect
  private let log: RequestLog
  private let behave: ScriptedServer.Behaviour
  private var opening = ByteBuffer()
  private var hasShaken = false
  private var decoder = ChunkDecoder()
  private var isFailed = false
  private var isLeaving = false
  /// How many requests hang.
  private var unanswered = 0
  /// The bytes of the client's choice from the manifest that are still to come.
  private var choiceLeft = 0
  private var choice: [UInt8] = []

  init(
    number: Int, handshake: [UInt8], dialect: PackStreamDialect, log: RequestLog,
    behave: @escaping ScriptedServer.Behaviour
  ) {
    self.number = number
    self.handshake = handshake
    self.dialect = dialect
    self.log = log
    self.behave = behave
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    guard !hasShaken else { return read(bytes, context) }
    opening.writeImmutableBuffer(bytes)
    guard opening.readableBytes >= 20 else { return }
    // A client that speaks something else, TLS perhaps, is turned away as by a real server.
    guard opening.getInteger(at: opening.readerIndex, as: UInt32.self) == 0x6060_B017 else {
      return context.close(promise: nil)
    }
    opening.moveReaderIndex(forwardBy: 20)
    hasShaken = true
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: handshake)), promise: nil)
    if handshake.starts(with: [0, 0, 1, 0xFF]) { choiceLeft = 5 }
    read(opening, context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // The client has said everything; a last word of ours may still be on its way.
    if event as? ChannelEvent == .inputClosed, !isLeaving { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  private func read(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    var bytes = bytes
    let skipped = min(choiceLeft, bytes.readableBytes)
    choice += bytes.readBytes(length: skipped) ?? []
    choiceLeft -= skipped
    if skipped > 0, choiceLeft == 0 { log.addChoice(choice) }
    decoder.feed(bytes)
    do {
      while let message = try decoder.next() { try answer(message, context) }
    } catch {
      context.close(promise: nil)
    }
    context.flush()
  }

  private func answer(_ message: ByteBuffer, _ context: ChannelHandlerContext) throws {
    let request = try PackStreamReader.read(message, dialect: dialect) { reader throws(PackStreamError) in
      let (count, tag) = try reader.readStructureHeader()
      var fields: [BoltValue] = []
      for _ in 0..<count { fields.append(try reader.readValue()) }
      return ScriptedServer.Request(
        kind: BoltRequest.Kind(rawValue: tag) ?? .goodbye, fields: fields, connection: number)
    }
    log.add(request)
    if request.kind == .goodbye { return try leave(behave(request) ?? [], context) }
    for reply in replies(to: request) { try send(reply, context) }
  }

  /// Has a last word and hangs up.
  private func leave(_ lastWords: [ScriptedServer.Reply], _ context: ChannelHandlerContext) throws {
    isLeaving = true
    for reply in lastWords { try send(reply, context) }
    let channel = context.channel
    let end = context.eventLoop.makePromise(of: Void.self)
    end.futureResult.whenComplete { [log] outcome in
      if !lastWords.isEmpty { log.addFarewell(wasHeard: (try? outcome.get()) != nil) }
      channel.close(promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [0, 0])), promise: end)
  }

  private func replies(to request: ScriptedServer.Request) -> [ScriptedServer.Reply] {
    if request.kind == .reset {
      // A reset interrupts what is under way, and is answered in its turn.
      let interrupted = [ScriptedServer.Reply](repeating: .ignored, count: unanswered)
      unanswered = 0
      isFailed = false
      return interrupted + (behave(request) ?? usual(.reset))
    }
    if isFailed { return [.ignored] }
    guard unanswered == 0 else {
      // Requests are answered in order: behind one that hangs all others do.
      unanswered += 1
      return []
    }
    let replies = behave(request) ?? usual(request.kind)
    if replies.allSatisfy(\.isNoAnswer) { unanswered += 1 }
    for reply in replies {
      switch reply {
      case .failure, .failureOf: isFailed = true
      default: break
      }
    }
    return replies
  }

  private func usual(_ kind: BoltRequest.Kind) -> [ScriptedServer.Reply] {
    switch kind {
    case .hello:
      [
        .success(
          ["server": "Neo4j/5.26.0-scripted", "connection_id": .string("c-\(number)")].merging(
            dialect.utcTimes && !dialect.elementIDs ? ["patch_bolt": ["utc"]] : [:]
          ) { $1 })
      ]
    case .run: [.success(["fields": ["x"], "t_first": 1])]
    case .pull: [.record([1]), .success(["type": "r", "t_last": 2])]
    case .commit: [.success(["bookmark": "bm"])]
    default: [.success([:])]
    }
  }

  private func send(_ reply: ScriptedServer.Reply, _ context: ChannelHandlerContext) throws {
    switch reply {
    case .success, .record, .ignored, .failure, .failureOf:
      context.write(wrapOutboundOut(try wire([reply])), promise: nil)
    case .cut(let replies, let count):
      var bytes = try wire(replies)
      let part = bytes.readSlice(length: min(count, bytes.readableBytes)) ?? ByteBuffer()
      context.writeAndFlush(wrapOutboundOut(part), promise: nil)
      context.close(promise: nil)
    case .trickle(let replies):
      // Each byte in a write of its own.
      for byte in try wire(replies).readableBytesView {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [byte])), promise: nil)
      }
    case .deaf: try context.channel.syncOptions?.setOption(.autoRead, value: false)
    case .bytes(let bytes): context.write(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    case .noop: context.write(wrapOutboundOut(ByteBuffer(bytes: [0, 0])), promise: nil)
    case .close:
      context.flush()
      context.close(promise: nil)
    }
  }

  /// The replies as bytes; those that are no messages are left out.
  private func wire(_ replies: [ScriptedServer.Reply]) throws -> ByteBuffer {
    var buffer = ByteBuffer()
    for reply in replies {
      switch reply {
      case .success(let metadata): try write(0x70, [.map(metadata)], into: &buffer)
      case .record(let values): try write(0x71, [.list(values)], into: &buffer)
      case .ignored: try write(0x7E, [], into: &buffer)
      case .failure(let code, let text):
        try write(0x7F, [["code": .string(code), "message": .string(text)]], into: &buffer)
      case .failureOf(let metadata): try write(0x7F, [.map(metadata)], into: &buffer)
      default: break
      }
    }
    return buffer
  }

  private func write(_ tag: UInt8, _ fields: [BoltValue], into buffer: inout ByteBuffer) throws {
    let start = ChunkEncoder.open(&buffer)
    var writer = PackStreamWriter(buffer, dialect: dialect)
    writer.writeStructureHeader(tag: tag, fieldCount: UInt8(fields.count))
    for field in fields { try writer.write(field) }
    buffer = writer.take()
    ChunkEncoder.close(&buffer, from: start)
  }
}
