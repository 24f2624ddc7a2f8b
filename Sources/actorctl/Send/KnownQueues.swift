import Actors
import Synchronization

/// Which queues exist, asked of the broker once for each. A queue that exists is never declared again: it may have
/// other arguments than the defaults. One that does not is made, so that a message can wait there for its first worker.
final class KnownQueues: Sendable {
  private let access: BrokerAccess
  private let console: Console
  private let known = Lock<Set<String>>([])

  init(_ access: BrokerAccess, console: Console) {
    self.access = access
    self.console = console
  }

  /// Asks for the queues that were not asked for yet.
  ///
  /// - Returns: Those that are missing.
  /// - Throws: ``CommandFailure`` when the broker cannot be reached.
  @discardableResult
  func check(_ queues: [String], isQuiet: Bool = false) async throws -> [String] {
    let new = known.withLock { known in queues.filter { !known.contains($0) } }
    guard !new.isEmpty else { return [] }
    let missing = try await access.withAdministration { administration in
      var missing: [String] = []
      for queue in new where try await administration.counts(of: queue) == nil { missing.append(queue) }
      return missing
    }
    if isQuiet { return missing }
    known.withLock { $0.formUnion(new) }
    for queue in missing { console.note("queue \(queue) did not exist; it is made with the default arguments") }
    return missing
  }
}
