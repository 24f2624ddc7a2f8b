import Actors

/// The fields of a request. It remembers which have been read: one that nobody asked for is a feature that would
/// silently go untested.
final class RequestFields {
  private let data: JSONValue
  private var unread: Set<String>

  init(_ data: JSONValue) {
    self.data = data
    unread = Set((data.members ?? []).map(\.key))
  }

  /// A field; nil when it is missing or null.
  subscript(_ name: String) -> JSONValue? {
    unread.remove(name)
    guard let value = data[name], !value.isNull else { return nil }
    return value
  }

  /// Whether the request has such a field, be it null.
  func has(_ name: String) -> Bool { data[name] != nil }

  /// A text that must be there.
  func text(_ name: String) throws -> String {
    guard let text = try optionalText(name) else { throw BackendFault("the field \(name) is missing") }
    return text
  }

  /// A text, or nil.
  func optionalText(_ name: String) throws -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.stringValue else { throw BackendFault("the field \(name) is no text: \(value)") }
    return text
  }

  /// A list of texts, or nil.
  func texts(_ name: String) throws -> [String]? {
    guard let value = self[name] else { return nil }
    guard let items = value.arrayValue else { throw BackendFault("the field \(name) is no list: \(value)") }
    return try items.map { item in
      guard let text = item.stringValue else { throw BackendFault("an item of \(name) is no text: \(item)") }
      return text
    }
  }

  /// A number, or nil.
  func number(_ name: String) throws -> Int? {
    guard let value = self[name] else { return nil }
    guard let number = value.intValue else { throw BackendFault("the field \(name) is no number: \(value)") }
    return number
  }

  /// A span given in milliseconds, or nil.
  func milliseconds(_ name: String) throws -> Duration? { try number(name).map { .milliseconds($0) } }

  /// Yes or no, or nil.
  func flag(_ name: String) throws -> Bool? {
    guard let value = self[name] else { return nil }
    guard let flag = value.boolValue else { throw BackendFault("the field \(name) is no truth value: \(value)") }
    return flag
  }

  /// The fields of an object in a field, or nil.
  func object(_ name: String) throws -> RequestFields? {
    guard let value = self[name] else { return nil }
    guard value.members != nil else { throw BackendFault("the field \(name) is no object: \(value)") }
    return RequestFields(value)
  }

  /// The fields of a named object (`{"name": …, "data": …}`) in a field, or nil.
  func named(_ name: String) throws -> RequestFields? {
    guard let value = self[name] else { return nil }
    guard let data = value["data"] else { throw BackendFault("the field \(name) is no named object: \(value)") }
    return RequestFields(data)
  }

  /// Says that fields do not matter.
  func ignore(_ names: String...) { unread.subtract(names) }

  /// Makes sure that nothing was overlooked.
  ///
  /// - Throws: ``BackendFault`` naming what was.
  func expectAllRead(of request: String) throws {
    guard unread.isEmpty else { throw BackendFault("\(request): fields not understood: \(unread.sorted())") }
  }
}
