/// A message from the driver to the server.
package enum BoltRequest: Sendable, Hashable {
  /// Opens the conversation; until 5.0 it logs in as well.
  case hello(Hello)
  /// Logs in (5.1).
  case logon([String: BoltValue])
  /// Logs out (5.1).
  case logoff
  /// Tells which kind of call the application made (5.4).
  case telemetry(TelemetryCall)
  /// Says goodbye; there is no answer.
  case goodbye
  /// Brings the connection back to where nothing is open.
  case reset
  /// Runs a query; `start` is nil inside a transaction.
  case run(query: String, parameters: [String: BoltValue], start: TransactionStart?)
  /// Begins a transaction.
  case begin(TransactionStart)
  /// Commits.
  case commit
  /// Rolls back.
  case rollback
  /// Drops records: `n` of them, -1 for all; `queryID` -1 for the last query.
  case discard(n: Int64, queryID: Int64)
  /// Asks for records: `n` of them, -1 for all; `queryID` -1 for the last query.
  case pull(n: Int64, queryID: Int64)
  /// Asks for the routing table.
  case route(context: [String: BoltValue], bookmarks: [String], database: String?, impersonatedUser: String?)

  /// What HELLO says.
  package struct Hello: Sendable, Hashable {
    /// The application, `Name/Version`.
    package var userAgent: String
    /// Who logs in; sent with HELLO until 5.0 only.
    package var auth: [String: BoltValue]
    /// The routing context; nil when the server must not route.
    package var routing: [String: BoltValue]?
    /// Which notifications are wanted.
    package var notifications: NotificationFilter

    package init(
      userAgent: String, auth: [String: BoltValue] = [:], routing: [String: BoltValue]? = nil,
      notifications: NotificationFilter = .default
    ) {
      self.userAgent = userAgent
      self.auth = auth
      self.routing = routing
      self.notifications = notifications
    }
  }

  /// The kinds of calls that TELEMETRY counts.
  package enum TelemetryCall: Int64, Sendable, Hashable {
    case managedTransaction = 0
    case explicitTransaction = 1
    case autoCommit = 2
    case executeQuery = 3
  }

  /// The kind of the message, without what it carries: what the state machine needs to know, and a log may show.
  package var kind: Kind {
    switch self {
    case .hello: .hello
    case .logon: .logon
    case .logoff: .logoff
    case .telemetry: .telemetry
    case .goodbye: .goodbye
    case .reset: .reset
    case .run: .run
    case .begin: .begin
    case .commit: .commit
    case .rollback: .rollback
    case .discard: .discard
    case .pull: .pull
    case .route: .route
    }
  }

  /// The kinds of messages, each with its tag.
  package enum Kind: UInt8, Sendable, Hashable, CustomStringConvertible {
    case hello = 0x01
    case goodbye = 0x02
    case reset = 0x0F
    case run = 0x10
    case begin = 0x11
    case commit = 0x12
    case rollback = 0x13
    case discard = 0x2F
    case pull = 0x3F
    case telemetry = 0x54
    case route = 0x66
    case logon = 0x6A
    case logoff = 0x6B

    package var description: String {
      switch self {
      case .hello: "HELLO"
      case .goodbye: "GOODBYE"
      case .reset: "RESET"
      case .run: "RUN"
      case .begin: "BEGIN"
      case .commit: "COMMIT"
      case .rollback: "ROLLBACK"
      case .discard: "DISCARD"
      case .pull: "PULL"
      case .telemetry: "TELEMETRY"
      case .route: "ROUTE"
      case .logon: "LOGON"
      case .logoff: "LOGOFF"
      }
    }
  }
}

extension BoltRequest: CustomStringConvertible, CustomReflectable {
  /// The kind alone: what a message carries may be a password.
  package var description: String { kind.description }
  /// Shows nothing.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
