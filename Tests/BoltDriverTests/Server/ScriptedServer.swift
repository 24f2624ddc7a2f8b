import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import BoltDriver

/// A server of our own, in this process, that says what a test tells it to.
final class ScriptedServer: Sendable {
  /// A request as it came.
  struct Request: Sendable {
    let kind: BoltRequest.Kind
    let fields: [BoltValue]
    /// Which connection it came on, from 0.
    let connection: Int
  }

  /// What to send, or do.
  indirect enum Reply: Sendable {
    case success([String: BoltValue])
    case record([BoltValue])
    case ignored
    case failure(String, String = "scripted")
    /// A failure with all that newer versions say of it.
    case failureOf([String: BoltValue])
    case bytes([UInt8])
    case noop
    case close
    /// Reads nothing more.
    case deaf
    /// The first bytes of some messages, then the end.
    case cut([Reply], Int)
    /// Some messages, byte by byte.
    case trickle([Reply])

    /// Whether the request still hangs after it.
    var isNoAnswer: Bool {
      switch self {
      case .record, .noop, .deaf: true
      case .success, .ignored, .failure, .failureOf, .bytes, .close, .cut, .trickle: false
      }
    }
  }

  /// Decides what to answer; nil for the usual success.
  typealias Behaviour = @Sendable (Request) -> [Reply]?

  private let channel: any Channel
  private let log: RequestLog

  /// Listens on a free port of this machine.
  ///
  /// - Parameters:
  ///   - version: What the handshake chooses; nil for the answer in `handshake`.
  ///   - handshake: The bytes to answer the handshake with.
  ///   - grantsUTC: Whether the patch of 4.4 is granted by which times are sent as UTC.
  ///   - tls: The TLS to speak; nil for plain text.
  ///   - behave: Decides what to answer.
  static func start(
    version: BoltVersion = .v54, handshake: [UInt8]? = nil, grantsUTC: Bool = false, tls: NIOSSLContext? = nil,
    _ behave: @escaping Behaviour = { _ in nil }
  ) async throws -> ScriptedServer {
    let log = RequestLog()
    // Versions from 6 on are agreed on by manifest alone.
    let choice: [UInt8] = [0, 0, version.minor, version.major]
    let answer = handshake ?? (version < .v60 ? choice : [0, 0, 1, 0xFF, 1] + choice + [0])
    // From 5.0 on all versions share the forms of the newest.
    let dialect = PackStreamDialect(version: version < .v50 ? version : .v60, utcPatch: grantsUTC)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
          let number = log.nextConnection(channel)
          try channel.pipeline.syncOperations.addHandler(
            ScriptedConnection(number: number, handshake: answer, dialect: dialect, log: log, behave: behave))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return ScriptedServer(channel, log)
  }

  private init(_ channel: any Channel, _ log: RequestLog) {
    self.channel = channel
    self.log = log
  }

  /// Where it listens.
  var address: ServerAddress { ServerAddress(host: "127.0.0.1", port: channel.localAddress?.port ?? 0) }

  /// The kinds of all requests, in the order in which they came.
  var requests: [BoltRequest.Kind] { log.requests.map(\.kind) }

  /// The requests of a kind.
  func requests(_ kind: BoltRequest.Kind) -> [Request] { log.requests.filter { $0.kind == kind } }

  /// How many connections there have been.
  var connections: Int { log.connections }

  /// How many bytes it has written that its clients have not taken.
  func unsentBytes() async -> Int {
    var sum = 0
    for channel in log.channels { sum += (try? await channel.getOption(.bufferedWritableBytes).get()) ?? 0 }
    return sum
  }

  /// Of each connection that is open, the common name in the certificate that the client showed; nil for none.
  func clients() async throws -> [String?] {
    var names: [String?] = []
    for channel in log.channels where channel.isActive {
      let certificate = try await channel.nioSSL_peerCertificate().get()
      names.append(certificate.flatMap { "\($0)".firstMatch(of: /common_name=([^;>]*)/).map { String($0.1) } })
    }
    return names
  }

  /// What clients chose from the manifest: a version and the capabilities.
  var choices: [[UInt8]] { log.choices }

  /// Closes all its connections, with what it has not sent.
  func drop() { for channel in log.channels { channel.close(promise: nil) } }
  /// Of each last word after a goodbye, whether it was taken.
  var farewells: [Bool] { log.farewells }

  func stop() async throws { try await channel.close() }

  /// A driver for this server that tries nothing twice.
  func driver(
    logger: Logger = Logger(label: "bolt"), _ change: (inout DriverConfiguration) -> Void = { _ in }
  ) throws -> Driver {
    var configuration = DriverConfiguration(
      uri: BoltURI(scheme: .bolt, address: address), auth: .basic("user", password: "s3cret"))
    configuration.acquisitionTimeout = .seconds(60)
    configuration.maximumRetryTime = .zero
    change(&configuration)
    return try Driver(configuration, logger: logger)
  }
}

/// What the connections of a scripted server have heard.
final class RequestLog: Sendable {
  private struct State {
    var requests: [ScriptedServer.Request] = []
    var channels: [any Channel] = []
    var farewells: [Bool] = []
    var choices: [[UInt8]] = []
  }

  private let state = Lock(State())

  var requests: [ScriptedServer.Request] { state.withLock { $0.requests } }
  var connections: Int { state.withLock { $0.channels.count } }
  var channels: [any Channel] { state.withLock { $0.channels } }
  var farewells: [Bool] { state.withLock { $0.farewells } }
  var choices: [[UInt8]] { state.withLock { $0.choices } }

  func addChoice(_ choice: [UInt8]) { state.withLock { $0.choices.append(choice) } }

  func add(_ request: ScriptedServer.Request) { state.withLock { $0.requests.append(request) } }

  func addFarewell(wasHeard: Bool) { state.withLock { $0.farewells.append(wasHeard) } }

  func nextConnection(_ channel: any Channel) -> Int {
    state.withLock { state in
      state.channels.append(channel)
      return state.channels.count - 1
    }
  }
}
