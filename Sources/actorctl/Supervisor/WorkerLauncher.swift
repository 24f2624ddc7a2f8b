import Glibc
import Subprocess
import SystemPackage

/// Starts worker processes: `EXECUTABLE worker --supervised --slot N …`.
struct WorkerLauncher: Sendable {
  /// The path of the executable.
  var executable: String
  /// The arguments of every worker, without the slot.
  var arguments: [String]
  /// Environment variables to set; nil removes one.
  var environment: [String: String?] = [:]
  /// What the workers hold as their standard input: a pipe at its end when the supervisor is gone, however it went.
  let lifeline: Lifeline

  /// Runs one worker to its end.
  ///
  /// - Parameter started: Told the process id as soon as there is one.
  func run(slot: Int, started: @Sendable (pid_t) -> Void) async -> Termination {
    var options = PlatformOptions()
    // A group of its own: Ctrl-C in a terminal reaches the supervisor alone, which then asks each child once.
    options.processGroupID = 0
    let environment = Environment.inherit.updating(
      Dictionary(uniqueKeysWithValues: self.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }))
    let configuration = Configuration(
      executable: .path(FilePath(executable)),
      arguments: Arguments(arguments + ["--slot", String(slot)]),
      environment: environment, platformOptions: options)
    do {
      let result = try await Subprocess.run(
        configuration,
        input: .fileDescriptor(FileDescriptor(rawValue: lifeline.readEnd), closeAfterSpawningProcess: false),
        output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
        error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
      ) { execution in
        started(execution.processIdentifier.value)
      }
      switch result.terminationStatus {
      case .exited(let code): return .exited(code)
      case .signaled(let number): return .signalled(number)
      }
    } catch {
      return .failedToStart("\(error)")
    }
  }
}
