import NIOCore

/// Notices that a server has been silent for longer than it promised. One timer at most is set at a time, and none is
/// moved when bytes come: it finds out when it rings.
struct SilenceWatch {
  /// What to do when the timer rings.
  enum Verdict: Equatable {
    case rest
    case lookAgain(TimeAmount)
    case tooLong(TimeAmount)
  }

  /// How long the server may be silent while a request is open; nil when it promised nothing.
  var period: TimeAmount?
  /// The timer; nil when none is set.
  var timer: Scheduled<Void>?
  private var lastHeard = NIODeadline.uptimeNanoseconds(0)
  private let now: () -> NIODeadline

  init(now: @escaping () -> NIODeadline = NIODeadline.now) { self.now = now }

  /// Something came.
  mutating func heard() { if period != nil { lastHeard = now() } }

  /// A request was sent, now or at the time given: the silence counts from then. Returns after how long to look; nil when a
  /// timer is set already or none is needed.
  mutating func begin(since time: NIODeadline? = nil) -> TimeAmount? {
    guard let period else { return nil }
    lastHeard = max(lastHeard, time ?? now())
    return timer == nil ? period : nil
  }

  /// The timer rang.
  mutating func look(isWaiting: Bool) -> Verdict {
    timer = nil
    guard let period, isWaiting else { return .rest }
    let silent = now() - lastHeard
    return silent >= period ? .tooLong(period) : .lookAgain(period - silent)
  }

  /// No timer is needed any more.
  mutating func stop() {
    timer?.cancel()
    timer = nil
  }
}
