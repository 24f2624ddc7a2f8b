import Glibc
import Synchronization

/// Numbers of the system's random generator, fetched for many ids at once: a system call for each would cost more than
/// all the rest of an id. A forked child would repeat its parent's numbers; a Swift process does not fork and go on.
package enum RandomPool {
  /// As many as one `getentropy` gives.
  private static let size = 32

  private struct State {
    var numbers: [UInt64] = []
  }

  private static let state = Lock(State())

  /// The pool as a generator.
  package struct Generator: RandomNumberGenerator {
    /// A generator of the pool.
    package init() {}
    /// A number that nobody else gets.
    package mutating func next() -> UInt64 { RandomPool.next().0 }
  }

  /// Two numbers that nobody else gets.
  static func next() -> (UInt64, UInt64) {
    state.withLock { state in
      if state.numbers.count < 2 { state.numbers = fresh() }
      return (state.numbers.removeLast(), state.numbers.removeLast())
    }
  }

  private static func fresh() -> [UInt64] {
    let numbers = [UInt64](unsafeUninitializedCapacity: size) { buffer, count in
      count = getentropy(buffer.baseAddress, size * MemoryLayout<UInt64>.stride) == 0 ? size : 0
    }
    if !numbers.isEmpty { return numbers }
    var generator = SystemRandomNumberGenerator()
    return (0..<size).map { _ in generator.next() }
  }
}
