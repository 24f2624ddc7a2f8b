#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
// Where the compiler finds the members of `timespec` when the whole module is compiled at once.
import SwiftOverlayShims

/// The wall clock of wire values (`message_timestamp`, `eta`). Everything that waits uses monotonic time instead.
public enum WallClock {
  /// Unix time in milliseconds.
  public static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// Monotonic time as plain nanoseconds: what the per-message path stores and compares.
package enum MonotonicClock {
  /// Nanoseconds since an arbitrary point; not affected by changes of the wall clock.
  package static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

extension Duration {
  /// Whole milliseconds, rounded to the nearest, saturating at the range of `Int64`: the unit of the wire.
  package var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, sumOverflow) = scaled.addingReportingOverflow((attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000)
    return sumOverflow ? .max : sum
  }

  /// Nanoseconds, saturating; negative durations count as zero.
  package var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    if seconds < 0 || attoseconds < 0 { return 0 }
    let (scaled, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return .max }
    let (sum, sumOverflow) = scaled.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
    return sumOverflow ? .max : sum
  }

  /// No limit: a duration that never passes. On the wire it is `Infinity`.
  public static var unlimited: Duration { .init(secondsComponent: .max, attosecondsComponent: 0) }
}
