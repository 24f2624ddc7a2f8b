/// What a session or a transaction may do; in a cluster it decides which server is asked.
public enum AccessMode: Sendable, Hashable {
  /// Only read.
  case read
  /// Read and write.
  case write
}
