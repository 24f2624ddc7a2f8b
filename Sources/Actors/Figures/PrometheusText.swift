/// Writes figures in the text format of Prometheus, version 0.0.4.
package enum PrometheusText {
  /// The media type of the format.
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// One text of the figures of several processes: the families of one name together, as the format demands.
  package static func render(_ families: [MetricFamily]) -> String {
    var order: [String] = []
    var merged: [String: MetricFamily] = [:]
    for family in families {
      if merged[family.name] == nil {
        order.append(family.name)
        merged[family.name] = family
      } else {
        merged[family.name]?.samples += family.samples
      }
    }
    return order.compactMap { merged[$0] }.map(text).joined()
  }

  private static func text(_ family: MetricFamily) -> String {
    var text =
      "# HELP \(family.name) \(escaped(family.help, quotes: false))\n# TYPE \(family.name) \(family.kind.rawValue)\n"
    for sample in family.samples {
      switch sample.value {
      case .number(let value): text += line(family.name, sample.labels, value)
      case .histogram(let histogram): text += lines(family.name, sample.labels, histogram)
      }
    }
    return text
  }

  private static func lines(_ name: String, _ labels: [String: String], _ histogram: MetricHistogram) -> String {
    var text = ""
    var count: UInt64 = 0
    for (index, part) in histogram.counts.enumerated() {
      count &+= part
      let bound = index < histogram.bounds.count ? number(histogram.bounds[index]) : "+Inf"
      text += line("\(name)_bucket", labels, Double(count), last: ("le", bound))
    }
    return text + line("\(name)_sum", labels, histogram.sum) + line("\(name)_count", labels, Double(count))
  }

  private static func line(
    _ name: String, _ labels: [String: String], _ value: Double, last: (String, String)? = nil
  ) -> String {
    var pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }
    if let last { pairs.append("\(last.0)=\"\(last.1)\"") }
    return name + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") + " \(number(value))\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
