/// The way from the whole to one value, as a list linked towards the root, so that one step costs one small object.
final class CodingPath: Sendable {
  private enum Step: Sendable {
    case key(any CodingKey)
    case index(Int)
  }

  private let parent: CodingPath?
  private let step: Step

  init(_ parent: CodingPath?, _ key: any CodingKey) {
    self.parent = parent
    step = .key(key)
  }

  init(_ parent: CodingPath?, index: Int) {
    self.parent = parent
    step = .index(index)
  }

  /// The keys from the root on.
  var keys: [any CodingKey] {
    var keys: [any CodingKey] = []
    var path: CodingPath? = self
    while let current = path {
      switch current.step {
      case .key(let key): keys.append(key)
      case .index(let index): keys.append(NameKey(index: index))
      }
      path = current.parent
    }
    return keys.reversed()
  }
}
