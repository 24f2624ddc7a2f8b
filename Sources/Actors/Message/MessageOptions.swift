/// The options of one message: a free map from names to JSON values that middleware reads and writes.
///
/// The order of the keys and the spelling of the values are kept, so that options nobody here knows travel unchanged.
public struct MessageOptions: Sendable, Hashable {
  private struct Entry: Sendable, Hashable {
    var key: String
    var value: JSONText
  }

  private var entries: [Entry]

  /// No options; allocates nothing.
  @inline(__always)
  public init() { entries = [] }

  /// Whether there are no options.
  public var isEmpty: Bool { entries.isEmpty }
  /// How many options there are.
  public var count: Int { entries.count }
  /// The names, in the order of the wire.
  public var keys: [String] { entries.map(\.key) }

  /// The value of an option. Setting an existing one keeps its place, a new one goes to the end, nil removes.
  public subscript(key: String) -> JSONText? {
    get { index(of: key).map { entries[$0].value } }
    set {
      switch (index(of: key), newValue) {
      case (let index?, let value?): entries[index].value = value
      case (let index?, nil): entries.remove(at: index)
      case (nil, let value?): append(key, value)
      case (nil, nil): break
      }
    }
  }

  /// Adds an option that is known to be new.
  mutating func append(_ key: String, _ value: JSONText) {
    // A retried message has four or five: one allocation instead of three.
    if entries.isEmpty { entries.reserveCapacity(6) }
    entries.append(Entry(key: key, value: value))
  }

  private func index(of key: String) -> Int? {
    // Written out: the closure form costs the per-message path a reabstraction for what is most often an empty list.
    for index in entries.indices where entries[index].key == key { return index }
    return nil
  }

  func write(to writer: inout JSONWriter) {
    writer.raw(UInt8(ascii: "{"))
    var isFirst = true
    for entry in entries {
      if !isFirst { writer.raw(UInt8(ascii: ",")) }
      isFirst = false
      writer.string(entry.key)
      writer.raw(UInt8(ascii: ":"))
      writer.raw(entry.value)
    }
    writer.raw(UInt8(ascii: "}"))
  }

  /// About how many bytes the options take when written.
  var estimatedSize: Int { entries.reduce(2) { $0 + $1.key.utf8.count + $1.value.bytes.count + 4 } }

  /// The options as a JSON object.
  public var json: JSONText {
    var writer = JSONWriter(capacity: estimatedSize)
    write(to: &writer)
    return JSONText(unchecked: writer.bytes[...])
  }
}

extension MessageOptions {
  /// Whether the option is there, also when it is null.
  public func contains(_ key: String) -> Bool { index(of: key) != nil }
  /// Whether the option is there and null.
  public func isNull(_ key: String) -> Bool { self[key]?.isNull ?? false }
  /// A whole number in the range of `Int64`, however it is spelled; nil for anything else.
  public func integer(_ key: String) -> Int64? { self[key]?.integerValue }
  /// A number, `NaN` and the infinities included; nil for anything else.
  public func double(_ key: String) -> Double? { self[key]?.doubleValue }
  /// A string; nil for anything else.
  public func string(_ key: String) -> String? { self[key]?.stringValue }
  /// `true` or `false`; nil for anything else.
  public func bool(_ key: String) -> Bool? { self[key]?.boolValue }
  /// Whether the option is there and Python would take its value for true.
  public func isTruthy(_ key: String) -> Bool { self[key]?.isTruthy ?? false }

  /// Sets an option to a whole number.
  public mutating func set(_ key: String, to value: Int64) { set(key) { $0.integer(value) } }
  /// Sets an option to a whole number.
  public mutating func set(_ key: String, to value: Int) { set(key) { $0.integer(value) } }
  /// Sets an option to a number; `NaN` and the infinities are written as Python writes them.
  public mutating func set(_ key: String, to value: Double) { set(key) { $0.double(value) } }
  /// Sets an option to `true` or `false`.
  public mutating func set(_ key: String, to value: Bool) { set(key) { $0.bool(value) } }
  /// Sets an option to a string.
  public mutating func set(_ key: String, to value: String) { set(key) { $0.string(value) } }
  /// Sets an option to any JSON value.
  public mutating func set(_ key: String, to value: JSONText) { self[key] = value }

  private mutating func set(_ key: String, write: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    write(&writer)
    self[key] = JSONText(unchecked: writer.bytes[...])
  }
}
