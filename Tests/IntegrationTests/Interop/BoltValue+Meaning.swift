import BoltDriver

extension BoltValue {
  /// What the value means, as `packstream.py` writes it: floats by their bits, texts by their bytes, maps in the order of
  /// their keys, structures by the tag and the fields of their newest form.
  var meaning: String {
    switch self {
    case .null: "null"
    case .bool(let truth): "\(truth)"
    case .int(let number): "i\(number)"
    case .float(let number): "f" + Self.hexadecimal(number.bitPattern)
    case .string(let text): "s" + Hexadecimal.text(Array(text.utf8))
    case .bytes(let bytes): "b" + Hexadecimal.text(bytes)
    case .list(let items): "[" + items.map(\.meaning).joined(separator: ",") + "]"
    case .map(let entries):
      "{" + entries.map { "\(Self.string($0).meaning):\($1.meaning)" }.sorted().joined(separator: ",") + "}"
    case .date(let date): Self.structure("D", [.int(date.daysSinceEpoch)])
    case .time(let time): Self.structure("T", [.int(time.local.nanosecondOfDay), .int(Int64(time.offsetSeconds))])
    case .localTime(let time): Self.structure("t", [.int(time.nanosecondOfDay)])
    case .dateTime(let time): Self.meaning(of: time)
    case .localDateTime(let time):
      Self.structure("d", [.int(time.secondsSinceEpoch), .int(Int64(time.nanosecond))])
    case .duration(let span):
      Self.structure("E", [.int(span.months), .int(span.days), .int(span.seconds), .int(span.nanoseconds)])
    case .point(let point):
      Self.structure(
        point.z == nil ? "X" : "Y", [.int(point.srid)] + [point.x, point.y, point.z].compactMap { $0.map(Self.float) })
    case .vector(let vector): Self.structure("V", [.bytes([vector.typeMarker]), .bytes(vector.packed)])
    case .node(let node): Self.meaning(of: node)
    case .relationship(let bond): Self.meaning(of: bond)
    case .path(let path):
      "P([" + path.nodes.map(Self.meaning).joined(separator: ",") + "],["
        + path.relationships.map(Self.meaning).joined(separator: ",") + "])"
    case .unsupported(let value): Self.meaning(of: value)
    case .unboundRelationship: "an unbound relationship stands in paths alone"
    }
  }

  private static func structure(_ tag: String, _ fields: [BoltValue]) -> String {
    "\(tag)(" + fields.map(\.meaning).joined(separator: ",") + ")"
  }

  private static func meaning(of time: BoltDateTime) -> String {
    let instant: [BoltValue] = [.int(time.secondsSinceEpoch), .int(Int64(time.nanosecond))]
    return switch time.zone {
    case .offset(let seconds): structure("I", instant + [.int(Int64(seconds))])
    case .identifier(let name): structure("i", instant + [.string(name)])
    }
  }

  private static func meaning(of node: BoltNode) -> String {
    let labels = node.labels.map { string($0).meaning }.sorted().joined(separator: ",")
    return "N(\(id(node.id).meaning),[\(labels)],\(map(node.properties).meaning),\(string(node.elementID).meaning))"
  }

  private static func meaning(of bond: BoltRelationship) -> String {
    structure(
      "R",
      [
        id(bond.id), id(bond.startID), id(bond.endID), .string(bond.type), .map(bond.properties),
        .string(bond.elementID), .string(bond.startElementID), .string(bond.endElementID),
      ])
  }

  private static func meaning(of value: BoltUnsupportedValue) -> String {
    guard let version = value.minimumVersion else { return "\(value.name): \(value.reason)" }
    return structure(
      "?",
      [
        .string(value.name), .int(Int64(version.major)), .int(Int64(version.minor)),
        value.message.map(BoltValue.string) ?? .null,
      ])
  }

  private static func id(_ number: Int64?) -> BoltValue { number.map(BoltValue.int) ?? .null }

  private static func hexadecimal(_ bits: UInt64) -> String {
    Hexadecimal.text((0..<8).reversed().map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) })
  }
}
