import Glibc

/// Measures wall time and the processor time of the whole process.
public struct Stopwatch: Sendable {
  private let wallAtStart = Self.monotonic
  private let processorAtStart = Self.processor

  /// Starts.
  public init() {}

  /// Seconds since the start.
  public var wall: Double { Self.monotonic - wallAtStart }
  /// Seconds of processor time since the start, over all threads.
  public var cpu: Double { Self.processor - processorAtStart }

  private static var monotonic: Double { seconds(CLOCK_MONOTONIC) }
  private static var processor: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
