import ArgumentParser

/// A command whose console can be exchanged, so that tests read what it writes.
protocol ConsoleCommand: AsyncParsableCommand {
  /// Runs the command.
  ///
  /// - Throws: ``CommandFailure`` with the message and the exit code.
  func run(_ console: Console) async throws
}

extension ConsoleCommand {
  /// Runs the command on the console of this process.
  func run() async throws { try await run(.standard()) }
}
