internal import Metrics
internal import Tracing

/// By what a driver tells of its queries and transactions. All of it is looked up once, when the driver is made: a query
/// of a driver that nobody watches pays for one comparison.
final class DriverInstruments: Sendable {
  private let tracer: (any Tracer)?
  private let recordsQueryText: Bool
  private let timers: OperationTimers?

  /// - Parameter configuration: Where spans and figures go.
  init(_ configuration: DriverConfiguration) {
    tracer = configuration.tracing.activeTracer
    recordsQueryText = configuration.tracing.recordsQueryText
    timers = configuration.activeMetricsFactory.map(OperationTimers.init)
  }

  /// Begins to watch an operation.
  ///
  /// - Parameters:
  ///   - name: What it is.
  ///   - database: The database, as far as it is known.
  ///   - query: What is asked; nil for what is no query.
  ///   - parent: The operation that it is part of; nil for whatever the task is at.
  /// - Returns: What has to be told of its end; nil when nobody watches.
  func begin(
    _ name: ObservedOperation.Name, database: String?, query: Query? = nil, in parent: ObservedOperation? = nil
  ) -> ObservedOperation? {
    guard tracer != nil || timers != nil else { return nil }
    let span = tracer.map { tracer in
      let title = database.map { "\(name.rawValue) \($0)" } ?? name.rawValue
      return tracer.startAnySpan(title, context: parent?.context ?? .current ?? .topLevel, ofKind: .client)
    }
    let text = recordsQueryText ? query?.text : nil
    return ObservedOperation(name, database: database, text: text, span: span, timers: timers)
  }
}

extension DriverConfiguration {
  /// Where figures go; nil when nobody collects them.
  var activeMetricsFactory: (any MetricsFactory)? {
    let factory = metricsFactory ?? MetricsSystem.factory
    return factory is NOOPMetricsHandler ? nil : factory
  }
}
