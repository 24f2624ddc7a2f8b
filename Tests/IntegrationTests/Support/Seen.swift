import Actors
import Synchronization

/// A list that many threads add to.
final class Seen<Element: Sendable>: Sendable {
  private let elements = Lock<[Element]>([])

  /// Adds one.
  func add(_ element: Element) { elements.withLock { $0.append(element) } }
  /// All so far, in order.
  var all: [Element] { elements.withLock { $0 } }
  /// How many so far.
  var count: Int { all.count }
}
