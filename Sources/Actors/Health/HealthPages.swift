/// What the health port serves: the probes, the figures of every process in one text, and the documents of their
/// middleware.
package struct HealthPages {
  /// What a process has published.
  package struct Published: Sendable {
    /// The number of its state file.
    package var slot: Int
    /// Its process id.
    package var pid: Int32
    /// What it says of itself.
    package var figures: ProcessFigures

    /// Makes the entry of a process.
    package init(slot: Int, pid: Int32, figures: ProcessFigures) {
      self.slot = slot
      self.pid = pid
      self.figures = figures
    }
  }

  private let report: HealthReport
  private let published: () -> [Published]

  /// Pages of this moment.
  ///
  /// - Parameter published: Reads what the processes have published; asked for the pages that show it.
  package init(_ report: HealthReport, published: @escaping () -> [Published]) {
    self.report = report
    self.published = published
  }

  /// The answer to a path: `/metrics`, `/NAME.json` for the documents called so, and those of ``HealthReport``.
  package func response(to path: String) -> HealthResponse {
    if path == "/metrics" { return metrics }
    guard path.hasPrefix("/"), path.hasSuffix(".json") else { return report.response(to: path) }
    return document(String(path.dropFirst().dropLast(".json".count)))
  }

  private var metrics: HealthResponse {
    let restarts = report.processes.map { process in
      MetricFamily.Sample(["worker": String(process.slot)], value: .number(Double(process.restarts)))
    }
    let families =
      published().flatMap { $0.figures.labelled(worker: $0.slot) }
      + [MetricFamily("actor_worker_restarts_total", .counter, "Restarts of a worker process.", samples: restarts)]
    return HealthResponse(
      status: 200, contentType: PrometheusText.contentType, body: Array(PrometheusText.render(families).utf8))
  }

  private func document(_ name: String) -> HealthResponse {
    let entries = published().compactMap { process in
      process.figures.documents[name].map { Entry(worker: process.slot, pid: process.pid, content: $0) }
    }
    if entries.isEmpty { return .notFound }
    return .json(200, Document(schema: "troupe.\(name)/1", processes: entries))
  }

  private struct Document: Encodable {
    let schema: String
    let processes: [Entry]
  }

  private struct Entry: Encodable {
    let worker: Int
    let pid: Int32
    let content: JSONValue
  }
}
