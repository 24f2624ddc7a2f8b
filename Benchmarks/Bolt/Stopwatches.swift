import BenchClock
import Glibc

/// Measures wall time, the processor time of this process, and that of the server.
struct Stopwatches {
  /// Seconds of each.
  struct Elapsed {
    let wall: Double
    let own: Double
    /// Zero when no server is known.
    let server: Double
  }

  /// The server's process on this machine.
  let server: pid_t?

  /// Runs `body` and measures what that took.
  func measure(_ body: () async throws -> Void) async throws -> Elapsed {
    let (before, stopwatch) = (serverSeconds, Stopwatch())
    try await body()
    return Elapsed(wall: stopwatch.wall, own: stopwatch.cpu, server: serverSeconds - before)
  }

  /// The processor time that the server has used, by the CPU-time clock of its process.
  private var serverSeconds: Double {
    guard let server else { return 0 }
    var (clock, time) = (clockid_t(), timespec())
    guard clock_getcpuclockid(server, &clock) == 0, clock_gettime(clock, &time) == 0 else { return .nan }
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
