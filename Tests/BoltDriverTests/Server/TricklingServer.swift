import NIOCore
import NIOPosix
import Synchronization

@testable import BoltDriver

/// A server that takes everything and sends nothing but a byte now and then, with which neither TLS nor Bolt gets
/// anywhere.
final class TricklingServer: Sendable {
  private let channel: any Channel
  private let count: OpenCount

  private init(_ channel: any Channel, _ count: OpenCount) {
    self.channel = channel
    self.count = count
  }

  /// Listens on a free port of this machine.
  static func start() async throws -> TricklingServer {
    let count = OpenCount()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(TricklingConnection(count))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return TricklingServer(channel, count)
  }

  /// Where it listens.
  var address: ServerAddress { ServerAddress(host: "127.0.0.1", port: channel.localAddress?.port ?? 0) }

  /// How many connections are open.
  var open: Int { count.value }

  func stop() async throws { try await channel.close() }
}

/// How many connections are open.
private final class OpenCount: Sendable {
  private let count = Lock(0)
  var value: Int { count.withLock { $0 } }
  func add(_ number: Int) { count.withLock { $0 += number } }
}

/// One of its connections.
private final class TricklingConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let count: OpenCount
  private var ticking: RepeatedTask?
  private var sent = 0

  init(_ count: OpenCount) { self.count = count }

  func channelActive(context: ChannelHandlerContext) {
    count.add(1)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    ticking = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(50)) { _ in
      let (handler, context) = bound.value
      handler.sendNext(context)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

  func channelInactive(context: ChannelHandlerContext) {
    count.add(-1)
    ticking?.cancel()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  /// A record of TLS that claims sixteen thousand bytes; read as Bolt, its first four bytes would be a version.
  private func sendNext(_ context: ChannelHandlerContext) {
    let beginning: [UInt8] = [0x16, 0x03, 0x03]
    guard sent < beginning.count else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [beginning[sent]])), promise: nil)
    sent += 1
  }
}
