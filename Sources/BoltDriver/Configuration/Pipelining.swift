/// How much is sent before the server has answered what was sent before it. It changes how many round trips work takes,
/// never what it does.
public enum Pipelining: Sendable, Hashable {
  /// As much as makes sense. BEGIN of a managed transaction travels in front of its first query, and what the server has
  /// against it shows there; a query of `executeQuery` that only reads is sent as a whole, COMMIT included.
  case full
  /// As much as the official drivers. The body of a managed transaction is not run before the server has confirmed
  /// BEGIN; `executeQuery` asks for ``DriverConfiguration/fetchSize`` records, then for the rest, then for COMMIT.
  case standard
}
