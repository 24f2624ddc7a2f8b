/// Figures of one name, as Prometheus understands them.
public struct MetricFamily: Sendable, Hashable, Codable {
  /// What the figures are.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// A count that only grows, until the process ends.
    case counter
    /// A state.
    case gauge
    /// How often something took how long.
    case histogram
  }

  /// One figure of the family.
  public struct Sample: Sendable, Hashable, Codable {
    /// What tells it from the others; few different values, never one a message.
    public var labels: [String: String]
    /// The figure.
    public var value: Value

    /// Makes a figure.
    public init(_ labels: [String: String] = [:], value: Value) {
      self.labels = labels
      self.value = value
    }
  }

  /// A figure.
  public enum Value: Sendable, Hashable, Codable {
    /// Of a counter or a gauge.
    case number(Double)
    /// Of a histogram.
    case histogram(MetricHistogram)
  }

  /// The name, with base units (seconds, bytes), and `_total` at the end of counters.
  public var name: String
  /// What the figures say, in one line.
  public var help: String
  /// What the figures are.
  public var kind: Kind
  /// The figures.
  public var samples: [Sample]

  /// Makes a family.
  public init(_ name: String, _ kind: Kind, _ help: String, samples: [Sample]) {
    self.name = name
    self.kind = kind
    self.help = help
    self.samples = samples
  }

  /// Makes a family of a single figure without labels.
  public init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
    self.init(name, kind, help, samples: [Sample(value: .number(value))])
  }
}

/// How often something took how long (or was how large).
public struct MetricHistogram: Sendable, Hashable, Codable {
  /// The upper bounds of the buckets, growing, without the last one, which takes everything.
  public var bounds: [Double]
  /// How many fell into each bucket, not cumulated; one more than there are bounds.
  public var counts: [UInt64]
  /// All values together.
  public var sum: Double

  /// Makes a histogram.
  public init(bounds: [Double], counts: [UInt64], sum: Double) {
    self.bounds = bounds
    self.counts = counts
    self.sum = sum
  }
}
