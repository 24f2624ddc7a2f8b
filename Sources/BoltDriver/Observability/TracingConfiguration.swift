public import Tracing

/// Which spans a driver makes of queries and transactions, and where they go.
///
/// Each query is a span (`executeQuery`, `run`), and so is each transaction (`transaction`) and each managed function
/// (`executeRead`, `executeWrite`), whose attempts are transactions underneath. Their attributes are those of
/// OpenTelemetry for database clients. The value of a parameter is in none of them.
public struct TracingConfiguration: Sendable {
  /// Whether spans are made at all.
  public var isEnabled: Bool
  /// Where they go; nil for the tracer of the process, as it is when the driver is made. Without one no span costs
  /// anything.
  public var tracer: (any Tracer)?
  /// Whether spans hold the text of their query (`db.query.text`). Off, since a program may write values into its
  /// queries; on, where all of them are parameters.
  public var recordsQueryText: Bool

  /// Makes settings.
  public init(isEnabled: Bool = true, tracer: (any Tracer)? = nil, recordsQueryText: Bool = false) {
    self.isEnabled = isEnabled
    self.tracer = tracer
    self.recordsQueryText = recordsQueryText
  }

  /// The tracer to use; nil when nobody looks at spans.
  var activeTracer: (any Tracer)? {
    guard isEnabled else { return nil }
    let tracer = tracer ?? InstrumentationSystem.tracer
    return tracer is NoOpTracer ? nil : tracer
  }
}
