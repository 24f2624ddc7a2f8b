import FoundationEssentials
import TestSupport

/// The other side: a real dramatiq, with its own encoder, worker and broker client, and the codec of Neo4j's own driver.
enum PythonPeer {
  /// Python is not set up: what to do.
  struct Missing: Error, CustomStringConvertible {
    let description =
      "no Python with dramatiq and neo4j: run scripts/venv, or set TROUPE_TEST_PYTHON to an interpreter that has it"
  }

  /// One message as dramatiq encoded it.
  struct Encoded: Decodable, Sendable {
    let name: String
    let body: String
  }

  /// One message as dramatiq sent it.
  struct Sent: Decodable, Sendable {
    let id: String
    let body: String
  }

  private static let preparation = Task {
    guard !FileManager.default.isExecutableFile(atPath: ProjectLayout.python) else { return }
    _ = try await run("/bin/bash", ["\(ProjectLayout.root)/scripts/venv"], within: .seconds(300))
    guard FileManager.default.isExecutableFile(atPath: ProjectLayout.python) else { throw Missing() }
  }

  /// Makes the virtual environment if this run is the first to need it.
  static func requirePython() async throws { try await preparation.value }

  /// Messages encoded by dramatiq, by name.
  static func encodings() async throws -> [String: [UInt8]] {
    try await requirePython()
    let result = try await run(ProjectLayout.python, ["\(ProjectLayout.pythonTests)/encode.py"])
    guard result.exit == .code(0) else { throw WireError("encode.py: \(result.output)") }
    let lines = try result.output.split(separator: "\n").map { line in
      try JSONDecoder().decode(Encoded.self, from: Data(line.utf8))
    }
    return Dictionary(uniqueKeysWithValues: lines.map { ($0.name, Array($0.body.utf8)) })
  }

  /// Sends through dramatiq.
  ///
  /// - Parameter orders: JSON objects as `send.py` reads them.
  /// - Returns: What was sent, in order.
  static func send(_ orders: [String], to url: String) async throws -> [Sent] {
    try await requirePython()
    let input = try ProjectLayout.temporaryFolder("peer") + "/orders"
    try Data(orders.joined(separator: "\n").utf8).write(to: URL(filePath: input))
    let result = try await run(
      "/bin/sh",
      ["-c", "exec \"$0\" \"$1\" <\"$2\"", ProjectLayout.python, "\(ProjectLayout.pythonTests)/send.py", input],
      environment: ["PEER_URL": url])
    guard result.exit == .code(0) else { throw WireError("send.py: \(result.output)") }
    return try result.output.split(separator: "\n").filter { $0.hasPrefix("{") }.map { line in
      try JSONDecoder().decode(Sent.self, from: Data(line.utf8))
    }
  }

  /// Runs a dramatiq worker on a queue while `body` runs.
  ///
  /// - Parameter body: Gets the worker's journal.
  static func withWorker<Value>(
    on queue: String, at url: String, _ body: (Journal) async throws -> Value
  ) async throws -> Value {
    try await requirePython()
    let journal = try Journal.temporary()
    let worker = try LaunchedProcess(
      ProjectLayout.python, ["-m", "dramatiq", "peer", "-p", "1", "-t", "4"],
      environment: [
        "PEER_URL": url, "PEER_QUEUE": queue, "PEER_JOURNAL": journal.path, "dramatiq_worker_timeout": "100",
      ],
      in: ProjectLayout.pythonTests)
    do {
      let value = try await body(journal)
      worker.signal(15)
      _ = try await worker.waitForExit()
      await worker.end()
      return value
    } catch {
      let output = worker.output
      await worker.end()
      throw WireError("\(error)\nthe dramatiq worker said:\n\(output.suffix(3_000))")
    }
  }
}
