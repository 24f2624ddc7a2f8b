import Synchronization

/// The version that was agreed on with a server last, also where the login came to nothing.
final class AgreedVersion: Sendable {
  private let version = Lock<BoltVersion?>(nil)

  /// The version; nil before the first agreement.
  var last: BoltVersion? { version.withLock { $0 } }

  /// A version was agreed on.
  func note(_ agreed: BoltVersion) { version.withLock { $0 = agreed } }
}
