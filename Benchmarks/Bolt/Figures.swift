import BenchClock

/// What a measurement came to.
struct Figures {
  /// How many operations.
  let count: Int
  /// What they took.
  let elapsed: Stopwatches.Elapsed
  /// The time of each in seconds, where each was timed.
  var latencies: [Double] = []
  /// By how many bytes the process was larger at its peak than before; nil when that was not looked at.
  var growth: Int?

  /// The figures as a JSON line; times of one operation in microseconds.
  func json(_ measure: String) -> String {
    let microseconds = 1e6 / Double(count)
    var fields = [
      "\"mode\": \"\(measure)\"", "\"n\": \(count)", "\"wall_s\": \(elapsed.wall)",
      "\"per_s\": \(Double(count) / elapsed.wall)", "\"client_cpu_us\": \(elapsed.own * microseconds)",
      "\"server_cpu_us\": \(elapsed.server * microseconds)",
    ]
    let sorted = latencies.sorted()
    for (name, share) in [("p50_us", 0.5), ("p90_us", 0.9), ("p99_us", 0.99)] where !sorted.isEmpty {
      fields.append("\"\(name)\": \(sorted[Int(Double(sorted.count - 1) * share)] * 1e6)")
    }
    if let growth { fields.append("\"growth_mb\": \(Double(growth) / 1e6)") }
    return "{" + fields.joined(separator: ", ") + "}"
  }
}
