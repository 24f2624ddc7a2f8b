/// A middleware that has something to say about itself to those who watch the worker. Every requirement has a default
/// that says nothing.
///
/// All three are asked for about once a second, by threads that must not wait: they look, and open nothing.
public protocol ReportingMiddleware: Middleware {
  /// What is wrong now; nil when all is well.
  var trouble: MiddlewareTrouble? { get }

  /// Figures for the `/metrics` of the health port. The label `worker` is added there.
  var metrics: [MetricFamily] { get }

  /// A document for the path `/NAME.json` of the health port; nil for none.
  var document: (name: String, content: JSONValue)? { get }
}

extension ReportingMiddleware {
  /// All is well.
  public var trouble: MiddlewareTrouble? { nil }
  /// None.
  public var metrics: [MetricFamily] { [] }
  /// None.
  public var document: (name: String, content: JSONValue)? { nil }
}

/// What is wrong with something that a middleware looks after.
public struct MiddlewareTrouble: Sendable, Hashable {
  /// What is wrong, in a line without secrets: `graph: connection refused`.
  public var reason: String
  /// Whether the worker counts as degraded, and `/readyz` as 503, for it. Otherwise the reason is only shown.
  public var isDegrading: Bool

  /// Describes a trouble.
  public init(_ reason: String, isDegrading: Bool = true) {
    self.reason = reason
    self.isDegrading = isDegrading
  }
}
