import Actors
import BoltDriver

/// Writes values as plain JSON, which is what the suite wants of plans.
enum PlainEncoding {
  /// A value.
  ///
  /// - Throws: ``BackendFault`` for what plain JSON has no word for.
  static func json(_ value: BoltValue) throws -> JSONValue {
    switch value {
    case .null: .null
    case .bool(let truth): .bool(truth)
    case .int(let number): .integer(number)
    case .float(let number): .double(number)
    case .string(let text): .string(text)
    case .list(let items): .array(try items.map(json))
    case .map(let entries):
      .object(try entries.map { JSONValue.Member(key: $0.key, value: try json($0.value)) })
    default: throw BackendFault("no plain JSON for \(value.typeName)")
    }
  }
}
