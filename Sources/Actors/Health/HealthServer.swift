package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A small HTTP/1.1 server for probes: one thread, GET and HEAD only, bounded in connections, bytes and time, so that
/// whoever reaches the port cannot disturb the worker.
package final class HealthServer: Sendable {
  /// The most connections at a time; further ones are closed at once.
  package static let connectionLimit = 64
  /// How long a connection may take for its next complete request.
  package static let idleTimeout: Duration = .seconds(10)

  private struct Running {
    let group: MultiThreadedEventLoopGroup
    let channel: any Channel
  }

  private let address: String
  private let logger: Logger
  private let idleTimeout: Duration
  private let respond: @Sendable (String) async -> HealthResponse
  private let running = Lock<Running?>(nil)

  /// Makes a server; nothing is opened.
  ///
  /// - Parameters:
  ///   - address: `HOST:PORT`, `[::1]:PORT`, or `:PORT` for the loopback interface; port 0 for any free one.
  ///   - logger: For start, stop and mistakes.
  ///   - idleTimeout: How long a connection may take for its next complete request.
  ///   - respond: Answers a path (without the query).
  package init(
    address: String, logger: Logger, idleTimeout: Duration = HealthServer.idleTimeout,
    respond: @escaping @Sendable (String) async -> HealthResponse
  ) {
    self.address = address
    self.logger = logger
    self.idleTimeout = idleTimeout
    self.respond = respond
  }

  /// Opens the port.
  ///
  /// - Returns: The port that is listened on.
  /// - Throws: ``HealthServerError``.
  @discardableResult
  package func start() async throws -> Int {
    let address = try ListenAddress(self.address)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let connections = ConnectionCount(limit: Self.connectionLimit)
    let deadline = TimeAmount.nanoseconds(Int64(clamping: idleTimeout.nanoseconds))
    let respond = self.respond
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer { channel in
        guard connections.enter() else { return channel.close() }
        channel.closeFuture.whenComplete { _ in connections.leave() }
        return channel.eventLoop.makeCompletedFuture {
          try Self.configure(channel, deadline: deadline, respond: respond)
        }
      }
    do {
      let channel = try await bootstrap.bind(host: address.host, port: address.port).get()
      running.withLock { $0 = Running(group: group, channel: channel) }
      let port = channel.localAddress?.port ?? address.port
      if !address.isLoopback {
        logger.notice("the health port can be reached from other hosts", metadata: ["address": "\(address)"])
      }
      logger.info("health port open", metadata: ["host": "\(address.host)", "port": "\(port)"])
      return port
    } catch {
      try? await group.shutdownGracefully()
      throw HealthServerError(
        .cannotListen, "cannot listen on \(address): \(error); choose another --health address or free the port")
    }
  }

  /// Closes the port and every connection; does nothing when it is not open.
  package func stop() async {
    let stopped = running.withLock { running in
      defer { running = nil }
      return running
    }
    guard let stopped else { return }
    try? await stopped.channel.close()
    try? await stopped.group.shutdownGracefully()
  }

  private static func configure(
    _ channel: any Channel, deadline: TimeAmount, respond: @escaping @Sendable (String) async -> HealthResponse
  ) throws {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = 8 * 1024
    limits.maxHeaderListSize = 16 * 1024
    limits.maxHeaderFieldCount = 64
    let pipeline = channel.pipeline.syncOperations
    try pipeline.configureHTTPServerPipeline(
      withErrorHandling: true, withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
    try pipeline.addHandler(
      HealthConnection(deadline: deadline, executor: LoopExecutor(channel.eventLoop), respond: respond))
  }
}
