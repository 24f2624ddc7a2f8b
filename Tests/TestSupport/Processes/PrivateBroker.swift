import Actors
import FoundationEssentials
import Glibc
import Synchronization

/// A RabbitMQ node of a test's own: one that may be killed, frozen and reconfigured. Starting takes five seconds or
/// more, so tests that are serialized share one.
package final class PrivateBroker: Sendable {
  /// The port of plain AMQP.
  package let port: UInt16
  /// The port of AMQP over TLS; nil without TLS.
  package let tlsPort: UInt16?
  /// The family folder of the node.
  package let folder: String

  private init(port: UInt16, tlsPort: UInt16?, folder: String) {
    self.port = port
    self.tlsPort = tlsPort
    self.folder = folder
  }

  /// Starts a node on a free port.
  ///
  /// - Parameters:
  ///   - configuration: Further lines of rabbitmq.conf, `KEY=VALUE`.
  ///   - tls: Whether it listens for TLS as well.
  /// - Throws: ``BrokerFailure``.
  package static func start(configuration: [String] = [], tls: Bool = false) async throws -> PrivateBroker {
    let broker = try reserve(tls: tls)
    try await broker.start(configuration: configuration)
    return broker
  }

  /// Chooses ports and a folder, and starts nothing yet.
  package static func reserve(tls: Bool = false) throws -> PrivateBroker {
    let folder = try ProjectLayout.temporaryFolder("rabbitmq")
    return PrivateBroker(port: try FreePort.next(), tlsPort: tls ? try FreePort.next() : nil, folder: folder)
  }

  /// The URL of plain AMQP, with the password of the default user.
  package var url: String { url(port: port) }
  /// The URL through another port, for example a proxy's.
  package func url(port: UInt16) -> String { "amqp://guest:guest@127.0.0.1:\(port)/%2F" }
  /// The URL of AMQP over TLS.
  package var tlsURL: String { "amqps://guest:guest@localhost:\(tlsPort ?? 0)/%2F" }
  /// The certificate authority that signed the node's certificate.
  package var authority: String { "\(folder)/tls/ca.pem" }
  /// A certificate authority that signed nothing here.
  package var unrelatedAuthority: String { "\(folder)/tls/other-ca.pem" }

  /// Starts the node, or brings a stopped or killed one back on its old data; returns when it answers AMQP.
  package func start(configuration: [String] = []) async throws {
    Janitor.shared.adopt(nodesIn: folder)
    var options = ["--port", "\(port)", "--timeout", "180"]
    if let tlsPort { options += ["--tls-port", "\(tlsPort)"] }
    for line in configuration { options += ["--config", line] }
    try await script("start", options, within: .seconds(200))
  }

  /// Stops the node in an orderly way; its data stay.
  package func stop() async throws { try await script("stop", within: .seconds(90)) }
  /// Ends the node with SIGKILL; its data stay.
  package func kill() async throws { try await script("kill") }
  /// Freezes the node with SIGSTOP: its sockets stay open, nothing answers.
  package func pause() async throws { try await script("pause") }
  /// Wakes a frozen node.
  package func resume() async throws { try await script("resume") }
  /// Runs rabbitmqctl.
  @discardableResult
  package func ctl(_ arguments: String...) async throws -> String {
    try await script("ctl", ["--"] + arguments, within: .seconds(90))
  }
  /// Makes the node close every client's connection.
  package func closeConnections() async throws { try await script("close-connections", ["closed by test"]) }

  /// Ends the node and removes what it kept.
  package func dispose() async {
    _ = try? await script("kill")
    _ = try? await script("stop", ["--purge"])
    Janitor.shared.release(nodesIn: folder)
    try? FileManager.default.removeItem(atPath: folder)
  }

  @discardableResult
  private func script(
    _ command: String, _ arguments: [String] = [], within limit: Duration = .seconds(60)
  ) async throws -> String {
    let all = [ProjectLayout.rabbitmqScript, command, "--dir", folder, "--nodename", "rabbit-\(port)"] + arguments
    let result = try await run("/bin/bash", all, within: limit)
    guard result.exit == .code(0) else {
      throw BrokerFailure(description: "rabbitmq \(command): \(result.exit)\n\(result.output.suffix(2_000))")
    }
    return result.output
  }
}

/// The script that runs private nodes failed.
package struct BrokerFailure: Error, CustomStringConvertible {
  /// The command and the tail of its output.
  package let description: String
}

/// Ports for nodes. They lie below the range that the kernel takes for outgoing connections: a node that is down for a
/// while must find its port free again.
package enum FreePort {
  private static let given = Lock<Set<UInt16>>([])

  /// A port on loopback that nobody listens on and that this process has not given away before.
  ///
  /// - Throws: ``BrokerFailure`` when none is found.
  package static func next() throws -> UInt16 {
    for _ in 0..<500 {
      // The script gives the distribution port an offset of 20000; that one should lie below the range, too.
      let port = UInt16.random(in: 10_240...12_700)
      let isNew = given.withLock { $0.insert(port).inserted }
      if isNew, isFree(port), isFree(port + 20_000) { return port }
    }
    throw BrokerFailure(description: "no free port in 10240...12700")
  }

  private static func isFree(_ port: UInt16) -> Bool {
    guard let listener = try? TCPSocket.listen(port: port) else { return false }
    listener.close()
    return true
  }
}
