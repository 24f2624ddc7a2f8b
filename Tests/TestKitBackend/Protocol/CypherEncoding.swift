import Actors
import BoltDriver

/// Writes values of the driver as the suite's Cypher types.
enum CypherEncoding {
  /// A value.
  ///
  /// - Throws: ``BoltDecodingError`` for a value that the driver itself calls unsupported, or a time whose zone it does
  ///   not know.
  static func json(_ value: BoltValue) throws -> JSONValue {
    switch value {
    case .null: plain("CypherNull", .null)
    case .bool(let truth): plain("CypherBool", .bool(truth))
    case .int(let number): plain("CypherInt", .integer(number))
    case .float(let number): plain("CypherFloat", float(number))
    case .string(let text): plain("CypherString", .string(text))
    case .bytes(let bytes): plain("CypherBytes", .string(hexadecimal(bytes)))
    case .list(let items): plain("CypherList", .array(try items.map(json)))
    case .map(let entries): plain("CypherMap", try members(entries))
    case .node(let node): try json(node)
    case .relationship(let relationship): try json(relationship)
    case .path(let path):
      named(
        "Path",
        [
          "nodes": plain("CypherList", .array(try path.nodes.map(json))),
          "relationships": plain("CypherList", .array(try path.relationships.map(json))),
        ])
    case .date, .time, .localTime, .dateTime, .localDateTime, .duration: try CypherTimes.json(value)
    case .point(let point): try json(point)
    case .vector(let vector): json(vector)
    case .unsupported(let value) where value.minimumVersion != nil: json(value)
    case .unsupported(let value): throw BoltDecodingError(expected: "a value", found: "\(value.name), \(value.reason)")
    case .unboundRelationship: throw BackendFault("a relationship outside of its path")
    }
  }

  /// The entries of a map, each a Cypher type.
  static func members(_ entries: [String: BoltValue]) throws -> JSONValue {
    .object(try entries.map { JSONValue.Member(key: $0.key, value: try json($0.value)) })
  }

  /// A message or a value with its fields.
  static func named(_ name: String, _ data: JSONValue) -> JSONValue { ["name": .string(name), "data": data] }

  /// The values of a record.
  static func values(_ record: Record) throws -> JSONValue { .array(try record.values.map(json)) }

  // MARK: - Parts

  private static func plain(_ name: String, _ value: JSONValue) -> JSONValue { named(name, ["value": value]) }

  private static func float(_ number: Double) -> JSONValue {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "+Infinity" }
    return .double(number)
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }

  private static func integer(_ number: Int64?) -> JSONValue {
    number.map { plain("CypherInt", .integer($0)) } ?? plain("CypherNull", .null)
  }

  private static func text(_ text: String) -> JSONValue { plain("CypherString", .string(text)) }

  private static func json(_ node: BoltNode) throws -> JSONValue {
    named(
      "Node",
      [
        "id": integer(node.id), "labels": plain("CypherList", .array(node.labels.map(text))),
        "props": plain("CypherMap", try members(node.properties)), "elementId": text(node.elementID),
      ])
  }

  private static func json(_ relationship: BoltRelationship) throws -> JSONValue {
    named(
      "Relationship",
      [
        "id": integer(relationship.id), "startNodeId": integer(relationship.startID),
        "endNodeId": integer(relationship.endID), "type": text(relationship.type),
        "props": plain("CypherMap", try members(relationship.properties)), "elementId": text(relationship.elementID),
        "startNodeElementId": text(relationship.startElementID), "endNodeElementId": text(relationship.endElementID),
      ])
  }

  private static func json(_ point: BoltPoint) throws -> JSONValue {
    let system: JSONValue
    switch point.srid {
    case BoltPoint.cartesian, BoltPoint.cartesian3D: system = "cartesian"
    case BoltPoint.wgs84, BoltPoint.wgs84With3D: system = "wgs84"
    default: throw BackendFault("a point of the system \(point.srid), for which the suite has no name")
    }
    return named(
      "CypherPoint",
      ["system": system, "x": .double(point.x), "y": .double(point.y), "z": point.z.map(JSONValue.double) ?? .null])
  }

  /// What the server itself replaced.
  private static func json(_ value: BoltUnsupportedValue) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init(key: "name", value: .string(value.name)),
      .init(key: "minimumProtocol", value: .string(value.minimumVersion?.description ?? "")),
    ]
    if let message = value.message { members.append(.init(key: "message", value: .string(message))) }
    return named("CypherUnsupportedType", .object(members))
  }

  private static func json(_ vector: BoltVector) -> JSONValue {
    let bytes = vector.packed
    return named("CypherVector", ["dtype": .string(vector.typeName), "data": .string(hexadecimal(bytes))])
  }
}

extension BoltVector {
  /// The suite's name of the numbers' type.
  var typeName: String {
    switch self {
    case .int8: "i8"
    case .int16: "i16"
    case .int32: "i32"
    case .int64: "i64"
    case .float32: "f32"
    case .float64: "f64"
    }
  }
}
