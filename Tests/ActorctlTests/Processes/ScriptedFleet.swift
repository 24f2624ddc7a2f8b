import Foundation
import TestSupport
import Testing

@testable import actorctl

/// A fleet of shell scripts that stand for workers, under the real `actorctl worker`.
struct ScriptedFleet {
  /// What every script begins with: it says that it started, and leaves at TERM or when its standard input ends.
  static let obedient = """
    #!/bin/sh
    say() { echo "$1 $$" >> "$JOURNAL"; }
    trap 'say term; exit 0' TERM
    say start
    while read -r line; do :; done
    say eof
    """

  let folder: TemporaryFolder
  let process: LaunchedProcess

  /// Starts a fleet.
  init(_ script: String, processes: Int = 2, options: [String] = [], in folder: TemporaryFolder) throws {
    self.folder = folder
    let path = try folder.write(script + "\n", to: "worker.sh", mode: 0o755)
    process = try LaunchedProcess(
      ProjectLayout.product("actorctl"),
      ["worker", path, "--processes", "\(processes)", "--state-dir", folder.file("state")] + options,
      environment: ["JOURNAL": folder.file("journal"), "AMQP_URL": nil, "AMQP_URL_FILE": nil])
  }

  /// The process ids that said a word, in order.
  func said(_ word: String) -> [pid_t] {
    folder.read("journal").split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ")
      return parts.count == 2 && parts[0] == word ? pid_t(parts[1]) : nil
    }
  }

  /// Waits until so many scripts have said a word.
  @discardableResult
  func wait(for word: String, times: Int) async throws -> [pid_t] {
    do {
      return try await eventually("\(times) × \(word)", within: .seconds(30)) {
        let said = said(word)
        return said.count >= times ? said : nil
      }
    } catch {
      Issue.record("\(error); journal: \(folder.read("journal")); output: \(process.output.suffix(3000))")
      throw error
    }
  }

  /// Runs a test with a fleet, and leaves nothing of it behind.
  static func with(
    _ script: String = obedient, processes: Int = 2, options: [String] = [],
    _ body: (ScriptedFleet) async throws -> Void
  ) async throws {
    let fleet = try ScriptedFleet(script, processes: processes, options: options, in: TemporaryFolder())
    do { try await body(fleet) } catch {
      await fleet.process.end()
      throw error
    }
    await fleet.process.end()
  }
}
