import Actors
import Glibc

/// Follows the journals while messages are sent and until they are done, and kills one worker on the way.
struct Watch {
  /// At how many percent one worker is killed; nil for never.
  let killAt: Int?
  let stallTimeout: Duration
  private(set) var tally = Tally()
  /// The worker that was killed.
  private(set) var victim: pid_t?
  private(set) var elapsed: Duration = .zero
  private var tail: JournalTail
  private var progress: Progress
  private var started = ContinuousClock.now
  private var lastProgress = ContinuousClock.now
  /// How many workers ran when one was killed.
  private var crew = 0

  init(tail: JournalTail, progress: Progress, killAt: Int?, stallTimeout: Duration) {
    self.tail = tail
    self.progress = progress
    self.killAt = killAt
    self.stallTimeout = stallTimeout
  }

  /// How many workers were started again after the kill.
  var restarts: Int { victim == nil ? 0 : tail.processes - crew }

  mutating func start() {
    started = .now
    lastProgress = started
    progress.start(at: started)
  }

  /// Reads what has been done since the last look, and shows it.
  ///
  /// - Throws: ``IndexError`` when a journal cannot be read.
  mutating func look() throws {
    let now = ContinuousClock.now
    let lines = try tail.read()
    for (process, line) in lines { tally.add(line, of: process) }
    if !lines.isEmpty {
      lastProgress = now
      elapsed = now - started
    }
    killWhenDue()
    progress.show(tally.rows, at: now)
  }

  /// Adds messages that were sent.
  mutating func expect(_ ids: [String]) { tally.expect(ids) }

  /// Waits until everything that was sent is done.
  ///
  /// - Returns: False when nothing has happened for the stall timeout.
  /// - Throws: ``IndexError`` when a journal cannot be read.
  mutating func untilDone() async throws -> Bool {
    while tally.missing > 0 {
      try look()
      if ContinuousClock.now - lastProgress > stallTimeout { return false }
      try await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  /// Shows the last state; waits until the worker that was killed has a successor, at most ten seconds.
  ///
  /// - Throws: ``IndexError`` when a journal cannot be read.
  mutating func finish() async throws {
    progress.finish(tally.rows, at: started + elapsed)
    let deadline = ContinuousClock.now + .seconds(10)
    while victim != nil && restarts == 0 && ContinuousClock.now < deadline {
      for (process, line) in try tail.read() { tally.add(line, of: process) }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Kills the worker that has written last: it is likely to be at work again.
  private mutating func killWhenDue() {
    guard let killAt, victim == nil, tally.rows * 100 > progress.total * killAt, let pid = tail.lastWriter else {
      return
    }
    crew = tail.processes
    guard kill(pid, SIGKILL) == 0 else { return }
    victim = pid
    progress.note("killed worker \(pid) with SIGKILL at \(grouped(tally.rows)) nodes and relations")
  }
}
