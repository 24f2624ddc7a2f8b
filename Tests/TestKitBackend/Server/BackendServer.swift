import NIOCore
import NIOPosix

/// Takes the connections of the suite, one for each of its tests; several may be open at once, so that a test that hangs
/// does not make the next ones hang.
struct BackendServer: Sendable {
  private let channel: any Channel
  private let connections: AsyncStream<BackendConnection>

  /// Listens.
  ///
  /// - Parameters:
  ///   - host: The address.
  ///   - port: The port; 0 for any that is free.
  ///   - options: What every connection is told.
  /// - Throws: `IOError` when that cannot be listened on.
  static func listen(host: String, port: Int, _ options: BackendOptions) async throws -> BackendServer {
    let (connections, arrival) = AsyncStream<BackendConnection>.makeStream()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let (requests, sink) = AsyncStream<BackendRequest>.makeStream()
          try channel.pipeline.syncOperations.addHandler(RequestReader(sink))
          arrival.yield(BackendConnection(channel: channel, requests: requests, options))
        }
      }
      .bind(host: host, port: port).get()
    return BackendServer(channel: channel, connections: connections)
  }

  /// The port it listens on.
  var port: Int { channel.localAddress?.port ?? 0 }

  /// Serves until the task is cancelled.
  func run() async throws {
    await withDiscardingTaskGroup { group in
      for await connection in connections { group.addTask { await connection.run() } }
    }
    try await channel.close()
  }
}
