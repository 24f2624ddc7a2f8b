/// Something went wrong between this program and the graph.
///
/// What to do is told by ``code`` and ``isRetryable``: a managed transaction (`executeRead`, `executeWrite`) has
/// already retried what is worth it. No error holds a password, and none of the driver's own the value of a parameter; what
/// a server says may quote the query and its data.
public struct BoltError: Error, Sendable {
  /// What went wrong, by name.
  public let code: Code
  /// What was expected, what came, and what to do; for a server's error its own text.
  public let message: String
  /// What the server said, when it is the server that failed the request.
  public let server: ServerFailure?
  /// The address of the server, `host:port`; nil when no server was involved.
  public let address: String?
  /// What caused it, when that is another error (of the socket, of TLS).
  public let underlying: (any Error)?
  /// Whether a manager of tokens has dealt with it, so that the same work may succeed with the next token.
  package private(set) var isMended = false

  /// Makes an error of the driver's own.
  package init(_ code: Code, _ message: String, address: String? = nil, underlying: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.address = address
    self.underlying = underlying
    server = nil
  }

  /// Makes the error of a failed request.
  package init(_ failure: ServerFailure, address: String? = nil) {
    code = Code(failure.code)
    message = failure.message
    server = failure
    self.address = address
    underlying = nil
  }

  /// The same error, dealt with by a manager of tokens.
  package func mended() -> BoltError {
    var error = self
    error.isMended = true
    return error
  }

  /// Whether the same work may succeed when it is done again from the beginning: the server said that the fault will
  /// pass, or the connection was lost and nothing was committed.
  public var isRetryable: Bool {
    let origin = origin
    // It is no fault of the token, so no other token mends it, and trying again prolongs it.
    guard origin.code != .authenticationRateLimit else { return false }
    return isMended || origin.isMended
      || (origin.server?.isRetryable ?? Self.retryableClientCodes.contains(origin.code))
  }

  /// The error that ended a transaction, for one that only tells that it has ended; the error itself for all others.
  package var origin: BoltError {
    guard code == .transactionTerminated || code == .resultFailed, let cause = underlying as? BoltError else {
      return self
    }
    return cause
  }

  /// Who is at fault, as the server classifies it; `.client` for an error of the driver's own.
  public var classification: Classification { server?.classification ?? .client }

  /// The GQL status, five characters such as `22N01`; nil for an error of the driver's own.
  public var gqlStatus: String? { server?.status.gqlStatus }

  private static let retryableClientCodes: Set<Code> = [
    .serviceUnavailable, .readServiceUnavailable, .sessionExpired, .connectTimeout,
  ]
}

extension BoltError: CustomStringConvertible {
  /// The error as one line: code, text, address, and what caused it. Of a long text, which is the server's, it shows the
  /// beginning.
  public var description: String {
    let place = address.map { " (server \($0))" } ?? ""
    let cause = underlying.map { ": \($0)" } ?? ""
    return "\(Self.line(code.rawValue)): \(Self.line(message))\(place)\(cause)"
  }

  /// A text of the server's as it may stand in a log: bounded, and without line ends.
  private static func line(_ text: String) -> String {
    let limit = 2000
    let isLong = text.unicodeScalars.dropFirst(limit).first != nil
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
      line.append(scalar.properties.generalCategory == .control || scalar.properties.isWhitespace ? " " : scalar)
    }
    return String(line) + (isLong ? "…" : "")
  }
}
