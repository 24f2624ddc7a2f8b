/// Decides how far a queue's channel reads ahead of the worker.
///
/// A prefetch that keeps long tasks fairly shared among workers leaves a worker without messages while its tasks take
/// microseconds: the broker waits for acknowledgements more than it sends. So the read-ahead is doubled while the whole of it
/// is settled within some tens of milliseconds, and taken back when that is over. Measured in settlements, it follows what
/// the tasks really take.
struct ReadAhead {
  /// What to do about the read-ahead.
  enum Change: Equatable { case extend, retract }

  /// Within this time, in nanoseconds, as many as the prefetch have to be settled to read further ahead.
  static let quick: UInt64 = 20_000_000
  /// How many such windows in a row are needed.
  static let patience = 2
  /// When so many take longer than this, in nanoseconds, it is taken back: four times as long, so that a rate near the
  /// border does not make it go to and fro.
  static let slow: UInt64 = 80_000_000

  private let prefetch: Int
  private let isAllowed: Bool
  private var windowStart: UInt64?
  private var settled = 0
  private var quickWindows = 0
  /// Whether it reads further ahead.
  private(set) var isExtended = false

  /// - Parameters:
  ///   - prefetch: The usual prefetch.
  ///   - isAllowed: Whether it may ever be exceeded.
  init(prefetch: Int, isAllowed: Bool) {
    self.prefetch = prefetch
    self.isAllowed = isAllowed
  }

  /// When the next look is due although nothing is settled, in monotonic nanoseconds.
  var nextDeadline: UInt64? { isExtended ? windowStart.map { $0 &+ Self.slow } : nil }

  /// Deliveries have been settled, or none, and time has passed.
  ///
  /// - Parameter now: Monotonic nanoseconds.
  /// - Returns: What is to be done now, said once in a window.
  mutating func note(settled count: Int, now: UInt64) -> Change? {
    guard isAllowed, count > 0 || isExtended || settled > 0 else { return nil }
    guard let start = windowStart, now > start else {
      windowStart = windowStart ?? now
      settled += count
      return nil
    }
    settled += count
    let elapsed = now - start
    guard elapsed >= (isExtended ? Self.slow : Self.quick) else { return nil }
    let (isQuick, isSlow) = (turnedOver(elapsed, within: Self.quick), !turnedOver(elapsed, within: Self.slow))
    windowStart = now
    settled = 0
    if isExtended { return isSlow ? .retract : nil }
    quickWindows = isQuick ? quickWindows + 1 : 0
    return quickWindows >= Self.patience ? .extend : nil
  }

  /// What ``note(settled:now:)`` asked for has been done.
  ///
  /// - Parameter now: Monotonic nanoseconds; from here on it is counted anew.
  mutating func changed(now: UInt64) {
    isExtended.toggle()
    quickWindows = 0
    windowStart = now
    settled = 0
  }

  /// Whether, at the rate of the past window, as many as the prefetch are settled within a time.
  private func turnedOver(_ elapsed: UInt64, within time: UInt64) -> Bool {
    Double(settled) * Double(time) >= Double(prefetch) * Double(elapsed)
  }
}
