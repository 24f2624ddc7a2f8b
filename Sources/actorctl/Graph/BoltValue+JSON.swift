import Actors
import BoltDriver
import FoundationEssentials

extension BoltValue {
  /// The value for output: what JSON has itself as it is; times in ISO 8601; bytes in base64; numbers that JSON does
  /// not have as texts; parts of the graph as objects.
  var json: JSONValue {
    switch self {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .integer(number)
    case .float(let number): Self.number(number)
    case .string(let text): .string(text)
    case .bytes(let bytes): .string(Data(bytes).base64EncodedString())
    case .list(let values): .array(values.map(\.json))
    case .map(let values): Self.object(values)
    case .node(let node): node.json
    case .relationship(let relationship): relationship.json
    case .unboundRelationship(let relationship):
      [
        "elementId": .string(relationship.elementID), "type": .string(relationship.type),
        "properties": Self.object(relationship.properties),
      ]
    case .path(let path):
      ["nodes": .array(path.nodes.map(\.json)), "relationships": .array(path.relationships.map(\.json))]
    case .date(let value): .string("\(value)")
    case .time(let value): .string("\(value)")
    case .localTime(let value): .string("\(value)")
    case .dateTime(let value): .string("\(value)")
    case .localDateTime(let value): .string("\(value)")
    case .duration(let value): .string("\(value)")
    case .point(let point):
      .object(
        [
          .init(key: "srid", value: .integer(point.srid)), .init(key: "x", value: Self.number(point.x)),
          .init(key: "y", value: Self.number(point.y)),
        ] + (point.z.map { [.init(key: "z", value: Self.number($0))] } ?? []))
    case .vector(.int64(let numbers)): .array(numbers.map { .integer($0) })
    case .vector(.int8(let numbers)): .array(numbers.map { .integer($0) })
    case .vector(.int16(let numbers)): .array(numbers.map { .integer($0) })
    case .vector(.int32(let numbers)): .array(numbers.map { .integer($0) })
    case .vector(let vector): .array(vector.doubles.map(Self.number))
    case .unsupported(let value): .string("unsupported: \(value.name)")
    }
  }

  /// The value in a cell of a table: a text as it is, everything else as JSON on one line.
  var cell: String {
    let json = json
    if case .string(let text) = json { return text }
    if json.isNull { return "–" }
    guard let text = try? JSONText(encoding: json) else { return typeName }
    return String(decoding: text.bytes, as: UTF8.self)
  }

  private static func number(_ number: Double) -> JSONValue {
    number.isFinite ? .double(number) : .string("\(number)")
  }

  fileprivate static func object(_ values: [String: BoltValue]) -> JSONValue {
    .object(values.sorted { $0.key < $1.key }.map { JSONValue.Member(key: $0.key, value: $0.value.json) })
  }
}

extension BoltNode {
  /// The node for output.
  fileprivate var json: JSONValue {
    [
      "elementId": .string(elementID), "labels": .array(labels.map { .string($0) }),
      "properties": BoltValue.object(properties),
    ]
  }
}

extension BoltRelationship {
  /// The relationship for output.
  fileprivate var json: JSONValue {
    [
      "elementId": .string(elementID), "type": .string(type), "startNodeElementId": .string(startElementID),
      "endNodeElementId": .string(endElementID), "properties": BoltValue.object(properties),
    ]
  }
}
