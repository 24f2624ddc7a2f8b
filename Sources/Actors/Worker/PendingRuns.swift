import Synchronization

/// The runs whose settlement waits for confirms.
///
/// In several parts, each with a lock of its own: when many messages fail, every thread of the worker puts runs in while the
/// publishing connection's takes them out.
final class PendingRuns: Sendable {
  private final class Part: Sendable {
    let runs = Lock<[ObjectIdentifier: Run]>([:])
  }

  private let parts = (0..<16).map { _ in Part() }
  private let count = Atomic(0)

  /// Puts a run in.
  func insert(_ run: Run) {
    let id = ObjectIdentifier(run)
    if part(of: id).runs.withLock({ $0.updateValue(run, forKey: id) == nil }) {
      count.wrappingAdd(1, ordering: .acquiringAndReleasing)
    }
  }

  /// Takes a run out.
  ///
  /// - Returns: Whether it was the last.
  func remove(_ run: Run) -> Bool {
    let id = ObjectIdentifier(run)
    guard part(of: id).runs.withLock({ $0.removeValue(forKey: id) != nil }) else { return false }
    return count.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0
  }

  /// Everything that is in.
  var all: [Run] { parts.flatMap { part in part.runs.withLock { Array($0.values) } } }

  private func part(of id: ObjectIdentifier) -> Part {
    // Objects lie at multiples of 16 bytes and most are larger.
    parts[Int(truncatingIfNeeded: UInt(bitPattern: id) >> 6) & 15]
  }
}
