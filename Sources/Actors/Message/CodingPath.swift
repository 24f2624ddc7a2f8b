/// The way from the whole to one value, as a list linked towards the root, so that one step costs one small object.
final class CodingPath: Sendable {
  private let parent: CodingPath?
  private let key: any CodingKey

  init(_ parent: CodingPath?, _ key: any CodingKey) {
    self.parent = parent
    self.key = key
  }

  /// The keys from the root on.
  var keys: [any CodingKey] {
    var keys: [any CodingKey] = []
    var step: CodingPath? = self
    while let current = step {
      keys.append(current.key)
      step = current.parent
    }
    return keys.reversed()
  }
}
