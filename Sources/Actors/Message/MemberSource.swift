/// Where a keyed container finds the values of its keys.
protocol MemberSource: AnyObject {
  /// The value of a key; nil when there is none.
  func value(of key: some CodingKey) -> JSONText?
  /// The keys that are there.
  var names: [String] { get }
}
