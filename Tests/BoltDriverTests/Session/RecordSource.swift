import Synchronization

@testable import BoltDriver

/// Numbers that a scripted server hands out as records.
final class RecordSource: Sendable {
  private let count: Int
  private let next = Lock(0)

  init(_ count: Int) { self.count = count }

  var isEmpty: Bool { next.withLock { $0 >= count } }

  func rewind() { next.withLock { $0 = 0 } }

  /// The next `n` numbers, all that are left when `n` is negative.
  func take(_ n: Int64) -> Range<Int> {
    next.withLock { next in
      let end = n < 0 ? count : min(count, next + Int(n))
      defer { next = end }
      return next..<end
    }
  }
}
