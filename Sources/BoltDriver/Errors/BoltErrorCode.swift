extension BoltError {
  /// The name of an error: the server's (`Neo.ClientError.Statement.SyntaxError`) or one of the driver's own below.
  /// There may be more of them later.
  public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let rawValue: String

    /// Makes a code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }

    /// The name.
    public var description: String { rawValue }

    /// The server cannot be reached, or the connection to it broke. Retryable.
    public static let serviceUnavailable = Code("ServiceUnavailable")
    /// The member of the cluster that the session worked with was lost, or none is known that could be written to.
    /// Retryable: another one is asked then.
    public static let sessionExpired = Code("SessionExpired")
    /// No member of the cluster is known that could be read from: none that the routing table names can be reached.
    /// Retryable: another table is asked for then.
    public static let readServiceUnavailable = Code("ReadServiceUnavailable")
    /// The connection broke after COMMIT was sent and before its answer came: the transaction may have taken effect or
    /// not. Never retried by the driver; do it again only when the work is idempotent.
    public static let incompleteCommit = Code("IncompleteCommit")
    /// The other side did not keep to the protocol; the connection is closed.
    public static let protocolViolation = Code("ProtocolViolation")
    /// The server speaks no version of the protocol that the driver speaks.
    public static let unsupportedVersion = Code("UnsupportedVersion")
    /// The server, or the version it speaks, has no such feature.
    public static let unsupportedFeature = Code("UnsupportedFeature")
    /// No connection became free in time.
    public static let poolTimeout = Code("PoolTimeout")
    /// Connecting, securing the connection and logging in took too long in all. Retryable.
    public static let connectTimeout = Code("ConnectTimeout")
    /// The certificate or another part of TLS was refused.
    public static let tlsFailure = Code("TLSFailure")
    /// The URI, or a part of the configuration, makes no sense.
    public static let invalidConfiguration = Code("InvalidConfiguration")
    /// A label, type or property name cannot be written into a query.
    public static let invalidIdentifier = Code("InvalidIdentifier")
    /// The driver, the session or the transaction is closed already.
    public static let closed = Code("Closed")
    /// The call is not allowed at this point, such as a second commit.
    public static let misuse = Code("Misuse")
    /// A result that must have exactly one record had none or more.
    public static let notSingle = Code("NotSingle")
    /// The result's records can no longer be read: its transaction ended, or they have been read already.
    public static let resultConsumed = Code("ResultConsumed")
    /// An earlier query of the transaction failed, which ended it. The query's error is underneath, and decides whether
    /// the whole may be tried again.
    public static let transactionTerminated = Code("TransactionTerminated")
    /// Another query of the result's transaction failed, which ended the result as well. That query's error is
    /// underneath, and decides whether the whole may be tried again.
    public static let resultFailed = Code("ResultFailed")
    /// A parameter cannot be sent with the protocol version in use.
    public static let unsendableValue = Code("UnsendableValue")
  }

  /// Who is at fault.
  public enum Classification: String, Sendable, Hashable {
    /// The request is wrong; sending it again does not help.
    case client = "CLIENT_ERROR"
    /// Something that passes; sending it again may help.
    case transient = "TRANSIENT_ERROR"
    /// The server failed.
    case database = "DATABASE_ERROR"
    /// The server did not say.
    case unknown = "UNKNOWN"
  }
}
