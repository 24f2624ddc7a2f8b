import Actors
import FoundationEssentials
import Glibc

/// A graph server of a test's own: one that may be killed and frozen. Starting takes some seconds.
package final class PrivateGraph: Sendable {
  /// The port of Bolt.
  package let port: UInt16
  private let folder: String

  private init(port: UInt16, folder: String) {
    self.port = port
    self.folder = folder
  }

  /// Chooses a port and a folder, and starts nothing yet.
  package static func reserve() throws -> PrivateGraph {
    PrivateGraph(port: try FreePort.next(), folder: try ProjectLayout.temporaryFolder("graphdb"))
  }

  /// Starts the server, or brings a killed one back on its old data; returns when it answers a query.
  ///
  /// - Parameter tls: Whether it speaks TLS: `off`, `optional` or `required`.
  package func start(tls: String = "off") async throws {
    Janitor.shared.adopt(graphIn: folder)
    try await script("start", ["--port", "\(port)", "--heap", "128m", "--tls", tls], within: .seconds(120))
  }

  /// The file with the authority of its certificate, when it speaks TLS.
  package var authority: String { "\(folder)/tls/ca.pem" }

  /// Ends the server with SIGKILL; its data stay.
  package func kill() async throws { try await script("kill") }

  /// Ends the server and removes what it kept.
  package func dispose() async {
    _ = try? await script("kill")
    _ = try? await script("stop", ["--purge"])
    Janitor.shared.release(graphIn: folder)
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func script(
    _ command: String, _ arguments: [String] = [], within limit: Duration = .seconds(60)
  ) async throws {
    let all = [ProjectLayout.graphScript, command, "--dir", folder] + arguments
    let result = try await run(
      "/bin/bash", all, environment: ["GRAPHDB_PASSWORD": nil], within: limit)
    guard result.exit == .code(0) else {
      throw GraphFailure(description: "graphdb \(command): \(result.exit)\n\(result.output.suffix(2_000))")
    }
  }
}

/// The script that runs private graph servers failed.
package struct GraphFailure: Error, CustomStringConvertible {
  /// The command and the tail of its output.
  package let description: String
}
