import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import BoltDriver

@Suite("A server that says anything at any time")
struct HandlerFuzzTests {
  @Test("Every request is answered once, whatever comes", arguments: UInt64(1)...12)
  func anything(seed: UInt64) throws {
    var chance = SeededGenerator(seed: seed)
    for _ in 0..<60 { try converse(&chance) }
  }

  @Test("More records than were asked for close the connection")
  func tooManyRecords() throws {
    let peer = Peer()
    try peer.open([0, 0, 4, 5])
    peer.submit([.hello(BoltRequest.Hello(userAgent: "t/1")), .logon([:])])
    peer.hear(Peer.success + Peer.success)
    peer.submit([.run(query: "", parameters: [:], start: nil), .pull(n: 2, queryID: -1)])
    peer.hear(Peer.success + Peer.record + Peer.record)
    #expect(!peer.isClosed && peer.sinks[3].records == 2)
    peer.hear(Peer.record)
    #expect(peer.isClosed)
    #expect(peer.sinks[3].records == 2 && peer.sinks[3].failures.map(\.code) == [.protocolViolation])
    peer.end()
  }

  private func converse(_ chance: inout SeededGenerator) throws {
    let peer = Peer()
    let handshakes: [[UInt8]] = [[0, 0, 4, 5], [0, 0, 4, 4], [0, 0, 1, 0xFF, 1, 0, 0, 0, 6, 0], [1, 2, 3, 4], []]
    try peer.open(handshakes.randomElement(using: &chance) ?? [])
    if Int.random(in: 0..<4, using: &chance) > 0 {
      peer.submit([.hello(BoltRequest.Hello(userAgent: "t/1")), .logon([:])])
      peer.hear(Peer.success + Peer.success)
    }
    let requests: [[BoltRequest]] = [
      [.run(query: "", parameters: [:], start: nil), .pull(n: 3, queryID: -1)], [.pull(n: -1, queryID: -1)],
      [.discard(n: -1, queryID: -1)], [.begin(TransactionStart(accessMode: .read))], [.commit], [.rollback], [.reset],
    ]
    let answers = [
      Peer.success, Peer.success, Peer.hasMore, Peer.record, Peer.record, Peer.failure, Peer.ignored, [0, 0],
      [0, 3, 0xB1, 0x71, 0xD6, 0, 0], [0, 2, 0xB1, 0x55, 0, 0], [0xFF], [0, 1],
    ]
    for _ in 0..<Int.random(in: 1...40, using: &chance) {
      if Int.random(in: 0..<3, using: &chance) == 0 {
        peer.submit(requests.randomElement(using: &chance) ?? [])
      } else if Int.random(in: 0..<20, using: &chance) == 0 {
        peer.hear((0..<20).map { _ in UInt8.random(in: 0...255, using: &chance) })
      } else {
        peer.hear(answers.randomElement(using: &chance) ?? [])
      }
    }
    peer.end()
    for sink in peer.sinks { #expect(sink.completions == 1) }
  }
}

/// A connection's handler without a socket, and what its requests were told.
private final class Peer {
  static let success: [UInt8] = [0, 3, 0xB1, 0x70, 0xA0, 0, 0]
  static let hasMore: [UInt8] = [0, 13, 0xB1, 0x70, 0xA1, 0x88] + Array("has_more".utf8) + [0xC3, 0, 0]
  static let record: [UInt8] = [0, 4, 0xB1, 0x71, 0x91, 1, 0, 0]
  static let failure: [UInt8] = [0, 3, 0xB1, 0x7F, 0xA0, 0, 0]
  static let ignored: [UInt8] = [0, 2, 0xB0, 0x7E, 0, 0]

  private let channel: EmbeddedChannel
  private let handler: BoltChannelHandler
  private(set) var sinks: [FuzzSink] = []

  init() {
    let loop = EmbeddedEventLoop()
    let promise = loop.makePromise(of: BoltChannelHandler.Agreement.self)
    handler = BoltChannelHandler(address: "graph:7687", limits: ChunkDecoder.Limits(), agreement: promise)
    channel = EmbeddedChannel(handler: handler, loop: loop)
  }

  var isClosed: Bool { !channel.isActive }

  func open(_ handshake: [UInt8]) throws {
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 7687)).wait()
    hear(handshake)
  }

  func hear(_ bytes: [UInt8]) {
    // An error is the handler's to tell; whether it told everybody is what the test looks at.
    _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
  }

  func submit(_ requests: [BoltRequest]) {
    let sinks = requests.map { _ in FuzzSink() }
    self.sinks += sinks
    handler.submit(zip(requests, sinks).map { BoltChannelHandler.Machine.Request($0, sink: $1) }, ByteBuffer())
  }

  func end() {
    handler.close(saying: nil)
    _ = try? channel.finish(acceptAlreadyClosed: true)
  }
}

/// Counts what a request was told.
private final class FuzzSink: ResponseSink {
  private struct State {
    var records = 0
    var completions = 0
    var failures: [BoltError] = []
  }

  private let state = Lock(State())

  var records: Int { state.withLock { $0.records } }
  var completions: Int { state.withLock { $0.completions } }
  var failures: [BoltError] { state.withLock { $0.failures } }

  func receive(_ records: [ByteBuffer]) { state.withLock { $0.records += records.count } }

  func complete(_ kind: BoltRequest.Kind, _ outcome: Result<[String: BoltValue], BoltError>) {
    state.withLock { state in
      state.completions += 1
      if case .failure(let error) = outcome { state.failures.append(error) }
    }
  }

  func wake() {}
}
