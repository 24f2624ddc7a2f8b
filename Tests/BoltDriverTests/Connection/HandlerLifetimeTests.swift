import NIOCore
import NIOEmbedded
import Testing

@testable import BoltDriver

@Suite struct HandlerLifetimeTests {
  private final class Observed {
    weak var handler: BoltChannelHandler?
  }

  @Test(arguments: [[0, 0, 4, 5], [0, 0, 0, 0], []] as [[UInt8]])
  func aHandlerIsFreedWithItsConnection(_ answer: [UInt8]) throws {
    let observed = Observed()
    try converse(answer, observed)
    #expect(observed.handler == nil)
  }

  /// A connection from its beginning to its end.
  private func converse(_ answer: [UInt8], _ observed: Observed) throws {
    let channel = EmbeddedChannel()
    let agreement = channel.eventLoop.makePromise(of: BoltChannelHandler.Agreement.self)
    let handler = BoltChannelHandler(address: "graph:7687", limits: ChunkDecoder.Limits(), agreement: agreement)
    observed.handler = handler
    try channel.pipeline.syncOperations.addHandler(handler)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 7687)).wait()
    try channel.writeInbound(ByteBuffer(bytes: answer))
    _ = try? channel.finish(acceptAlreadyClosed: true)
    channel.embeddedEventLoop.run()
  }
}
