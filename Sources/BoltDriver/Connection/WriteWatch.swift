import NIOCore

/// Notices that a server no longer takes what is sent to it: some of it waits in this process, and none of that has
/// gone out for too long.
struct WriteWatch {
  /// How long nothing may go out.
  let period: TimeAmount
  /// The timer; nil when nothing waits.
  var timer: Scheduled<Void>?
  private var waiting = 0

  /// - Parameter period: How long nothing may go out.
  init(period: TimeAmount) { self.period = period }

  /// So many bytes wait. Returns after how long to look; nil when a timer is set already.
  mutating func begin(waiting bytes: Int) -> TimeAmount? {
    guard timer == nil else { return nil }
    waiting = bytes
    return period
  }

  /// The timer rang, and so many bytes wait. Returns after how long to look again; nil when the server is stuck.
  mutating func look(waiting bytes: Int) -> TimeAmount? {
    timer = nil
    defer { waiting = bytes }
    return bytes < waiting ? period : nil
  }

  /// Everything has gone out.
  mutating func stop() {
    timer?.cancel()
    timer = nil
  }
}
