import Glibc

/// Measures wall time and the processor time of the whole process.
public struct Stopwatch: Sendable {
  private let wallAtStart = Self.monotonic
  private let processorAtStart = Self.processor

  /// Starts.
  public init() {}

  /// Seconds on a clock that only goes forward: what a single operation is timed with, because asking for the
  /// processor time is a system call.
  public static var seconds: Double { monotonic }

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
