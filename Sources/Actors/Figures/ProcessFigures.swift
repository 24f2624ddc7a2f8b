/// What one worker process publishes of itself beside its state: figures, and the documents of its middleware.
package struct ProcessFigures: Sendable, Hashable, Codable {
  /// The figures of the worker and its middleware.
  package var metrics: [MetricFamily] = []
  /// The documents of the middleware, by name.
  package var documents: [String: JSONValue] = [:]

  /// Nothing.
  package init() {}

  /// Reads what ``encoded()`` wrote; nil when it is something else.
  package init?(_ bytes: [UInt8]) {
    guard let text = try? JSONText(validating: bytes),
      let figures = try? ValueDecoder.decode(ProcessFigures.self, from: text, path: nil)
    else { return nil }
    self = figures
  }

  /// As bytes for the state directory; nil when a middleware's document cannot be written.
  package func encoded() -> [UInt8]? {
    // Not by Foundation's encoder, which would bring a megabyte of code into the memory of every worker.
    (try? JSONText(encoding: self)).map { Array($0.bytes) }
  }

  /// The figures with a label that names the process.
  package func labelled(worker slot: Int) -> [MetricFamily] {
    metrics.map { family in
      var family = family
      for index in family.samples.indices { family.samples[index].labels["worker"] = String(slot) }
      return family
    }
  }
}
