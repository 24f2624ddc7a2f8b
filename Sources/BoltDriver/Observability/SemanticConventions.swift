/// The names of OpenTelemetry for database clients, all in one place: those of the connections are not stable yet.
///
/// Source: OpenTelemetry semantic conventions, "Database client spans" and "Database client metrics".
enum SemanticConventions {
  /// What the driver speaks to. Other products that speak Bolt are not told apart: the conventions allow the name by
  /// which the client knows it.
  static let system = "neo4j"
  /// What stands for a value that is not listed by itself.
  static let other = "_OTHER"

  /// Attributes of spans, and dimensions of metrics.
  enum Attribute {
    static let system = "db.system.name"
    static let operation = "db.operation.name"
    static let namespace = "db.namespace"
    static let queryText = "db.query.text"
    static let statusCode = "db.response.status_code"
    static let errorType = "error.type"
    static let serverAddress = "server.address"
    static let serverPort = "server.port"
    static let poolName = "db.client.connection.pool.name"
    static let connectionState = "db.client.connection.state"
    /// Which attempt of a managed transaction it is, from 1. The driver's own name.
    static let attempt = "neo4j.transaction.attempt"
    /// How a transaction ended: the raw value of ``TransactionOutcome``. The driver's own name.
    static let outcome = "neo4j.transaction.outcome"
  }

  /// Metrics. Times are in seconds.
  enum Metric {
    static let operationDuration = "db.client.operation.duration"
    static let connectionCount = "db.client.connection.count"
    static let connectionMaximum = "db.client.connection.max"
    static let idleMaximum = "db.client.connection.idle.max"
    static let pendingRequests = "db.client.connection.pending_requests"
    static let timeouts = "db.client.connection.timeouts"
    static let createTime = "db.client.connection.create_time"
    static let waitTime = "db.client.connection.wait_time"
    static let useTime = "db.client.connection.use_time"
  }

  /// The event of a span by which work was begun again.
  static let retryEvent = "retry"
}
