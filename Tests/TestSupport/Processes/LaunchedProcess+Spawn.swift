import Actors
import FoundationEssentials
import Glibc
import Synchronization

/// POSIX_SPAWN_SETSID, which glibc's header shows to GNU sources only.
let ownSession: Int16 = 0x80

/// Held while a child is started, and while a descriptor exists that a child must not inherit.
enum ChildStart {
  static let lock = Lock(())
}

extension LaunchedProcess {
  static func merged(_ changes: [String: String?]) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    for (name, value) in changes { environment[name] = value }
    return environment
  }

  /// posix_spawn rather than fork: the test process has threads.
  static func spawn(
    _ executable: String, _ arguments: [String], _ environment: [String: String], folder: String?, input: Int32,
    output: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if input >= 0 {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, ownSession | Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    // Changing the folder in the child has no portable spawn action; env does it and then becomes the program.
    let command = folder.map { ["/usr/bin/env", "-C", $0] + [executable] + arguments } ?? [executable] + arguments
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer {
      words.forEach { free($0) }
      variables.forEach { free($0) }
    }
    var pid: pid_t = 0
    let code = ChildStart.lock.withLock { _ in
      posix_spawn(&pid, command[0], &actions, &attributes, &words, &variables)
    }
    guard code == 0 else { throw SystemFailure("posix_spawn of \(executable)", code: code) }
    return pid
  }
}

/// The result of a command that ran to its end.
package struct CommandResult: Sendable {
  /// How it ended.
  package let exit: ProcessExit
  /// Standard output and error together.
  package let output: String
}

/// Runs a command to its end.
///
/// - Throws: ``SystemFailure``, or ``NeverHappened`` after `limit`; then the command has been ended.
package func run(
  _ executable: String, _ arguments: [String], environment: [String: String?] = [:], in folder: String? = nil,
  within limit: Duration = .testPatience
) async throws -> CommandResult {
  let process = try LaunchedProcess(executable, arguments, environment: environment, in: folder)
  do {
    let exit = try await process.waitForExit(within: limit)
    Janitor.shared.release(session: process.pid)
    return CommandResult(exit: exit, output: process.output)
  } catch {
    await process.end()
    throw error
  }
}
