import Glibc

/// The clock that the sender and the worker of a latency measurement share.
public enum RealTime {
  /// Unix time in nanoseconds.
  public static var nanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
