/// What middleware has put into a ``MessageContext``, by the type of the key.
///
/// Nearly always that is a single value, the graph: it is kept without a table, which would cost each message an
/// allocation and a hash.
struct ContextValues: Sendable {
  private var first: (key: ObjectIdentifier, value: any Sendable)?
  private var others: [ObjectIdentifier: any Sendable] = [:]

  /// The value of a key; nil when there is none.
  subscript(_ key: ObjectIdentifier) -> (any Sendable)? {
    get { if let first, first.key == key { first.value } else { others.isEmpty ? nil : others[key] } }
    set {
      if first == nil, others[key] == nil {
        first = newValue.map { (key, $0) }
      } else if let first, first.key == key {
        self.first = newValue.map { (key, $0) }
      } else {
        others[key] = newValue
      }
    }
  }
}
