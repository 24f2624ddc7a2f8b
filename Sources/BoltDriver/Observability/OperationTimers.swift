internal import Metrics
internal import Synchronization

/// How long queries and transactions took, for a metrics backend: a handle for each kind of them, made once.
final class OperationTimers: Sendable {
  /// What tells one handle from another.
  private struct Key: Hashable {
    let name: ObservedOperation.Name
    let database: String?
    let server: String?
    let failure: OperationFailure?
  }

  /// How many handles there may be: databases, servers and error codes come from outside.
  static let limit = 1000

  private let factory: any MetricsFactory
  private let timers = Lock<[Key: Metrics.Timer]>([:])

  /// - Parameter factory: The backend.
  init(_ factory: any MetricsFactory) { self.factory = factory }

  /// Records one.
  func record(
    _ name: ObservedOperation.Name, database: String?, server: String?, _ failure: OperationFailure?,
    _ duration: Duration
  ) {
    let key = Key(name: name, database: database, server: server, failure: failure)
    let timer = timers.withLock { timers in
      if let timer = timers[key] { return timer }
      let isFull = timers.count >= Self.limit
      let kept = isFull ? Self.general(key) : key
      if let timer = timers[kept] { return timer }
      let made = makeTimer(for: kept)
      timers[kept] = made
      return made
    }
    timer.recordNanoseconds(duration.inNanoseconds)
  }

  /// What a kind is counted under that came when there were too many.
  private static func general(_ key: Key) -> Key {
    Key(
      name: key.name, database: SemanticConventions.other, server: SemanticConventions.other,
      failure: key.failure.map { _ in OperationFailure(type: SemanticConventions.other, statusCode: nil) })
  }

  private func makeTimer(for key: Key) -> Metrics.Timer {
    let (host, port) = key.server.map(Self.parts(ofAddress:)) ?? ("", "")
    // Always all of them, though empty: backends want the same dimensions of all handles of one name.
    return Metrics.Timer(
      label: SemanticConventions.Metric.operationDuration,
      dimensions: [
        (SemanticConventions.Attribute.system, SemanticConventions.system),
        (SemanticConventions.Attribute.operation, key.name.rawValue),
        (SemanticConventions.Attribute.namespace, key.database ?? ""),
        (SemanticConventions.Attribute.serverAddress, host), (SemanticConventions.Attribute.serverPort, port),
        (SemanticConventions.Attribute.errorType, key.failure?.type ?? ""),
        (SemanticConventions.Attribute.statusCode, key.failure?.statusCode ?? ""),
      ], factory: factory)
  }

  /// Host and port of `host:port`, an IPv6 host without its brackets; the port is empty when there is none.
  static func parts(ofAddress address: String) -> (host: String, port: String) {
    guard let colon = address.lastIndex(of: ":") else { return (address, "") }
    let host = address[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    return (String(isBracketed ? host.dropFirst().dropLast() : host), String(address[address.index(after: colon)...]))
  }
}

extension OperationFailure {
  fileprivate init(type: String, statusCode: String?) {
    self.type = type
    self.statusCode = statusCode
  }
}

extension Duration {
  /// In whole nanoseconds, as far as 64 bits hold them; zero for a negative one.
  var inNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, isTooLong) = max(seconds, 0).multipliedReportingOverflow(by: 1_000_000_000)
    guard !isTooLong else { return .max }
    let (sum, overflow) = whole.addingReportingOverflow(max(attoseconds, 0) / 1_000_000_000)
    return overflow ? .max : sum
  }
}
