import Actors
import Glibc

/// Follows the journals until every package is done, and kills one worker on the way.
struct Watch {
  var tail: JournalTail
  var progress: Progress
  let killOne: Bool
  let stallTimeout: Duration
  private(set) var tally = Tally()
  /// The worker that was killed.
  private(set) var victim: pid_t?
  private(set) var elapsed: Duration = .zero
  /// How many workers ran when one was killed.
  private var crew = 0

  init(tail: JournalTail, progress: Progress, killOne: Bool, stallTimeout: Duration) {
    self.tail = tail
    self.progress = progress
    self.killOne = killOne
    self.stallTimeout = stallTimeout
  }

  /// How many workers were started again after the kill.
  var restarts: Int { victim == nil ? 0 : tail.processes - crew }

  /// Returns when every package is done, or when nothing has happened for the stall timeout.
  mutating func untilDone() async throws {
    let start = ContinuousClock.now
    var lastProgress = start
    progress.start(at: start)
    while tally.done.count < progress.total {
      let before = tally.done.count
      for finding in try tail.read() { tally.add(finding) }
      let now = ContinuousClock.now
      if tally.done.count > before { lastProgress = now }
      killHalfWay()
      progress.show(tally.done.count, at: now)
      if now - lastProgress > stallTimeout { break }
      try await Task.sleep(for: .milliseconds(5))
    }
    elapsed = lastProgress - start
    progress.finish(tally.done.count, at: lastProgress)
  }

  /// Waits until the worker that was killed has a successor, at most ten seconds.
  mutating func untilRestarted() async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while victim != nil && restarts == 0 && ContinuousClock.now < deadline {
      for finding in try tail.read() { tally.add(finding) }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Kills once the second half is under way: not between two batches, when nothing may be running.
  private mutating func killHalfWay() {
    guard killOne, victim == nil, tally.done.count * 2 > progress.total, let pid = tail.lastWriter else { return }
    crew = tail.processes
    guard kill(pid, SIGKILL) == 0 else { return }
    victim = pid
    progress.note("killed worker \(pid) with SIGKILL at \(grouped(tally.done.count)) packages")
  }
}
