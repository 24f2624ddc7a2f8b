/// What a server said when it failed a request.
public struct ServerFailure: Sendable, Hashable {
  /// The code, `Neo.Classification.Category.Title`. Three codes that older servers misclassify carry the name that
  /// newer ones give them.
  public let code: String
  /// The server's text. From Bolt 6.0 on it is not stable: tell errors apart by ``code`` and ``status``.
  public let message: String
  /// The GQL status with its description, diagnostic record and chain of causes. Servers before Bolt 5.7 send none; the
  /// driver then fills in a general one.
  public let status: GQLStatus

  /// Makes a failure; `code` is rewritten where older servers name it misleadingly.
  package init(code: String, message: String, status: GQLStatus? = nil) {
    self.code = Self.rewrites[code] ?? code
    self.message = message
    self.status = status ?? .unknown(message)
  }

  /// Who is at fault, by the second part of the code.
  public var classification: BoltError.Classification {
    switch code.split(separator: ".").dropFirst().first {
    case "ClientError": .client
    case "TransientError": .transient
    case "DatabaseError": .database
    default: .unknown
    }
  }

  /// Whether the same work may succeed when it is done again from the beginning.
  public var isRetryable: Bool {
    classification == .transient || Self.retryableCodes.contains(code)
  }

  /// Codes that older servers call transient although doing it again is wrong: somebody ended the transaction on
  /// purpose.
  private static let rewrites = [
    "Neo.TransientError.Transaction.Terminated": "Neo.ClientError.Transaction.Terminated",
    "Neo.TransientError.Transaction.LockClientStopped": "Neo.ClientError.Transaction.LockClientStopped",
  ]

  private static let retryableCodes: Set<String> = [
    "Neo.ClientError.Security.AuthorizationExpired", "Neo.ClientError.Cluster.NotALeader",
    "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase",
  ]
}
