import Glibc
import NIOCore
import NIOPosix

@testable import BoltDriver

/// A connection to a scripted server over a pair of sockets that hold little: most requests go into them only in part.
struct NarrowLine: Sendable {
  /// The connection, logged in.
  let connection: BoltConnection
  /// What drives it on its event loop.
  let handler: NIOLoopBound<BoltChannelHandler>
  private let client: any Channel
  private let server: any Channel
  private let log: RequestLog

  /// Opens one.
  ///
  /// - Parameters:
  ///   - group: The client's event loops.
  ///   - behave: Decides what the server answers.
  static func open(
    on group: MultiThreadedEventLoopGroup = .singleton, _ behave: @escaping ScriptedServer.Behaviour = { _ in nil }
  ) async throws -> NarrowLine {
    var sockets: [CInt] = [-1, -1]
    var size: CInt = 4096
    guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &sockets) == 0,
      setsockopt(sockets[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<CInt>.size)) == 0
    else { throw IOError(errnoCode: errno, reason: "socketpair") }
    let log = RequestLog()
    let server = try await listen(sockets[1], log, behave)
    let (client, outcome) = try await logIn(sockets[0], group)
    let login = ConnectionLogin(token: .unauthenticated, generation: 0)
    let connection = BoltConnection(outcome.agreement, address: "narrow", hello: outcome.hello, login: login)
    return NarrowLine(
      connection: connection, handler: outcome.agreement.handler, client: client, server: server, log: log)
  }

  private static func listen(
    _ socket: CInt, _ log: RequestLog, _ behave: @escaping ScriptedServer.Behaviour
  ) async throws -> any Channel {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let handshake: [UInt8] = [0, 0, 4, 5]
          try channel.pipeline.syncOperations.addHandler(
            ScriptedConnection(
              number: log.nextConnection(channel), handshake: handshake, dialect: PackStreamDialect(version: .v60),
              log: log, behave: behave))
        }
      }
      .withConnectedSocket(socket).get()
  }

  private static func logIn(
    _ socket: CInt, _ group: MultiThreadedEventLoopGroup
  ) async throws -> (any Channel, LoginReply.Outcome) {
    let agreement = group.next().makePromise(of: BoltChannelHandler.Agreement.self)
    let outcome = agreement.futureResult.flatMap {
      LoginReply.logIn(Login(userAgent: "narrow/1", auth: .unauthenticated), $0, address: "narrow")
    }
    let client = try await ClientBootstrap(group: group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            BoltChannelHandler(
              address: "narrow", limits: ChunkDecoder.Limits(), writesDirectly: true, agreement: agreement))
        }
      }
      .withConnectedSocket(socket).get()
    return (client, try await outcome.get())
  }

  /// What the server has read.
  var requests: [ScriptedServer.Request] { log.requests }

  /// Whether the server has hung up, which it also does when it cannot make sense of what it reads.
  var isServerGone: Bool { !server.isActive }

  /// Has the server read nothing, or go on reading.
  func setReading(_ reads: Bool) async throws { try await server.setOption(.autoRead, value: reads).get() }

  /// Whether a timer is set that looks for the server's silence.
  func isWatched() async throws -> Bool {
    try await handler.eventLoop.submit { [handler] in handler.value.silence.timer != nil }.get()
  }

  /// Returns once no such timer is set.
  func untilUnwatched() async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while try await isWatched() {
      guard ContinuousClock.now < deadline else { throw NotSoon(description: "the timer is still set") }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Closes both sides.
  func close() async throws {
    await connection.close(reason: .shutdown)
    try await client.closeFuture.get()
    try? await server.close()
  }
}
