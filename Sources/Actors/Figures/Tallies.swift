import Synchronization

/// Some counters side by side that any thread adds to.
final class Tallies: Sendable {
  private nonisolated(unsafe) let counters: UnsafeMutablePointer<Atomic<UInt64>>
  private let count: Int

  init(count: Int) {
    self.count = count
    counters = .allocate(capacity: count)
    for index in 0..<count { (counters + index).initialize(to: Atomic(0)) }
  }

  deinit {
    counters.deinitialize(count: count)
    counters.deallocate()
  }

  /// Adds to one; there must be one of that number.
  func add(_ amount: UInt64 = 1, to index: Int) {
    precondition(index >= 0 && index < count)
    counters[index].wrappingAdd(amount, ordering: .relaxed)
  }

  /// All of them.
  var values: [UInt64] { (0..<count).map { counters[$0].load(ordering: .relaxed) } }
}
