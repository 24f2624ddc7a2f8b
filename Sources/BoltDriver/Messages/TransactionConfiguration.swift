/// Settings of one transaction.
public struct TransactionConfiguration: Sendable, Hashable {
  /// After how long the server ends the transaction; zero for never, nil for the server's own limit. Sent in whole
  /// milliseconds, rounded up.
  public var timeout: Duration?
  /// What the server's logs and its list of transactions show with it.
  public var metadata: [String: BoltValue]

  /// Makes settings.
  public init(timeout: Duration? = nil, metadata: [String: BoltValue] = [:]) {
    self.timeout = timeout
    self.metadata = metadata
  }

  /// The server's defaults.
  public static let `default` = TransactionConfiguration()

  /// Makes sure that the settings make sense, before anything is sent.
  ///
  /// - Throws: ``BoltError`` (`invalidConfiguration`).
  package func validate() throws {
    guard timeout ?? .zero >= .zero else {
      throw BoltError(
        .invalidConfiguration, "the timeout of a transaction must not be negative; nil is the server's own")
    }
  }

  /// The time limit in milliseconds, at least one unless it is zero; nil for the server's default, and for one that is
  /// negative.
  package var timeoutMilliseconds: Int64? {
    guard let timeout, timeout >= .zero else { return nil }
    let (milliseconds, rest) = timeout.attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
    return Int64(clamping: milliseconds + (rest > 0 ? 1 : 0))
  }
}
