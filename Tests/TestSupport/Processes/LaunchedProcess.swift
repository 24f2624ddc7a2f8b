import Actors
import Dispatch
import FoundationEssentials
package import Glibc
import Synchronization

/// How a process ended.
package enum ProcessExit: Sendable, Hashable, CustomStringConvertible {
  /// By itself, with this code.
  case code(Int32)
  /// By this signal.
  case signal(Int32)

  /// In words.
  package var description: String {
    switch self {
    case .code(let code): "exit code \(code)"
    case .signal(let number): "signal \(number)"
    }
  }

  init(status: Int32) {
    self = status & 0x7F == 0 ? .code((status >> 8) & 0xFF) : .signal(status & 0x7F)
  }
}

/// A child process in a session of its own, with its output in a file. It ends with the test at the latest.
package final class LaunchedProcess: Sendable {
  /// The process id; also the id of its session and process group.
  package let pid: pid_t
  /// What was run, for messages.
  package let name: String
  /// The file that holds its standard output and error.
  package let outputPath: String
  private let exitState = Lock<ProcessExit?>(nil)
  private let input: Lock<Int32>

  /// Starts a process.
  ///
  /// - Parameters:
  ///   - executable: The path of the program.
  ///   - arguments: Its arguments, without the program's name.
  ///   - environment: Variables set (or, with nil, removed) beside those of the test process.
  ///   - folder: Its working folder.
  ///   - keepInput: Whether its standard input is a pipe that stays open until ``closeInput()``.
  /// - Throws: ``SystemFailure``.
  package init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String?] = [:], in folder: String? = nil,
    keepInput: Bool = false
  ) throws {
    name = ([executable.split(separator: "/").last.map(String.init) ?? executable] + arguments).joined(separator: " ")
    outputPath = try ProjectLayout.temporaryFolder("process") + "/output"
    var ends: [Int32] = [-1, -1]
    if keepInput, socketpair(AF_UNIX, privateStream, 0, &ends) != 0 { throw SystemFailure("socketpair") }
    defer { if ends[0] >= 0 { close(ends[0]) } }
    input = Lock(ends[1])
    pid = try Self.spawn(
      executable, arguments, Self.merged(environment), folder: folder, input: ends[0], output: outputPath)
    Janitor.shared.adopt(session: pid)
    watch()
  }

  private func watch() {
    // A thread for each child: waitpid on one id never takes away the end of somebody else's child.
    let thread = DispatchQueue(label: "test.wait.\(pid)")
    thread.async { [self] in
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      exitState.withLock { $0 = ProcessExit(status: status) }
    }
  }

  /// How it ended; nil while it runs.
  package var exit: ProcessExit? { exitState.withLock { $0 } }
  /// Whether it runs.
  package var isRunning: Bool { exit == nil }
  /// Everything it has written so far.
  package var output: String {
    String(decoding: FileManager.default.contents(atPath: outputPath) ?? Data(), as: UTF8.self)
  }

  /// Sends a signal to the process alone.
  package func signal(_ number: Int32) { if isRunning { kill(pid, number) } }

  /// Closes its standard input.
  package func closeInput() {
    input.withLock { descriptor in
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
    }
  }

  /// Waits for its end.
  ///
  /// - Throws: ``NeverHappened`` with the tail of its output.
  package func waitForExit(within limit: Duration = .testPatience) async throws -> ProcessExit {
    do {
      return try await eventually("end of \(name)", within: limit) { exit }
    } catch is NeverHappened {
      throw NeverHappened(description: "\(name) still runs after \(limit); its output ends:\n\(output.suffix(2_000))")
    }
  }

  /// The ids of the living processes of its session, itself included.
  package var members: [pid_t] { Self.processes(inSession: pid) }

  /// Ends the whole session at once and waits until nothing of it is left.
  package func end() async {
    closeInput()
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
      let left = members
      if left.isEmpty { break }
      for member in left { kill(member, SIGKILL) }
      try? await Task.sleep(for: .milliseconds(20))
    }
    Janitor.shared.release(session: pid)
  }

  /// The ids of the living processes of a session; zombies do not count.
  package static func processes(inSession session: pid_t) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { name in
      guard let pid = pid_t(name), let status = ProcessStatus(pid), status.session == session, status.state != "Z"
      else { return nil }
      return pid
    }
  }

  /// The direct living children of a process.
  package static func children(of parent: pid_t) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { name in
      guard let pid = pid_t(name), let status = ProcessStatus(pid), status.parent == parent, status.state != "Z"
      else { return nil }
      return pid
    }
  }
}

/// What `/proc/PID/stat` tells about a process.
package struct ProcessStatus {
  /// One letter: R, S, D, Z, T.
  package let state: Substring
  /// The id of the parent.
  package let parent: pid_t
  /// The id of the session.
  package let session: pid_t
  /// How much processor time it has used, in the kernel and outside of it.
  package let cpuTime: Duration

  /// Reads it; nil when there is no such process.
  package init?(_ pid: pid_t) {
    guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 12, let parent = pid_t(fields[1]), let session = pid_t(fields[3]), let user = Int(fields[11]),
      let kernel = Int(fields[12])
    else { return nil }
    cpuTime = .milliseconds((user + kernel) * 1_000 / sysconf(Int32(_SC_CLK_TCK)))
    state = fields[0]
    self.parent = parent
    self.session = session
  }
}
