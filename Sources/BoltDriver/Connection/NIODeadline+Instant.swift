import NIOCore

extension NIODeadline {
  /// The same moment on the clock of the event loops. A moment further away than a year is taken as a year.
  init(_ instant: ContinuousClock.Instant) {
    let left = min(ContinuousClock.now.duration(to: instant), .seconds(365 * 86_400))
    self = .now() + TimeAmount(max(left, .zero))
  }
}
