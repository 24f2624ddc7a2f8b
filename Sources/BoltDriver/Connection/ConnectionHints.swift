/// What a server asks of its clients for the life of a connection.
package struct ConnectionHints: Sendable, Hashable {
  /// For how long the server may be silent while a request is open, in seconds; nil when it promises nothing.
  package let receiveTimeoutSeconds: Int64?
  /// Whether the server wants to hear TELEMETRY.
  package let telemetry: Bool
  /// Whether the server routes requests on its own side.
  package let serverSideRouting: Bool

  /// Reads the metadata of HELLO's answer; what makes no sense counts as absent.
  package init(hello metadata: [String: BoltValue]) {
    var hints: [String: BoltValue] = [:]
    if case .map(let entries)? = metadata["hints"] { hints = entries }
    // A day is as good as no limit, and keeps the sum with a clock within its range.
    if case .int(let seconds)? = hints["connection.recv_timeout_seconds"], (1...86_400).contains(seconds) {
      receiveTimeoutSeconds = seconds
    } else {
      receiveTimeoutSeconds = nil
    }
    telemetry = hints["telemetry.enabled"] == .bool(true)
    serverSideRouting = hints["ssr.enabled"] == .bool(true)
  }
}
