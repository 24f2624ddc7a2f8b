import BoltDriver
import FuzzSupport

extension BoltValue {
  /// Whether both are the same bit for bit: `==` tells NaN from itself, and takes zero for its negative and different
  /// spellings of a letter for one.
  func isSame(as other: BoltValue) -> Bool {
    switch (self, other) {
    case (.float(let left), .float(let right)): left.bitPattern == right.bitPattern
    case (.string(let left), .string(let right)): left.isSame(as: right)
    case (.list(let left), .list(let right)): Self.areSame(left, right)
    case (.map(let left), .map(let right)): Self.areSame(left, right)
    case (.node(let left), .node(let right)): Self.areSame(left, right)
    case (.relationship(let left), .relationship(let right)): Self.areSame(left, right)
    case (.unboundRelationship(let left), .unboundRelationship(let right)):
      left.id == right.id && left.elementID.isSame(as: right.elementID) && left.type.isSame(as: right.type)
        && Self.areSame(left.properties, right.properties)
    case (.path(let left), .path(let right)):
      left.nodes.count == right.nodes.count && zip(left.nodes, right.nodes).allSatisfy { Self.areSame($0, $1) }
        && zip(left.relationships, right.relationships).allSatisfy { Self.areSame($0, $1) }
    case (.point(let left), .point(let right)):
      left.srid == right.srid
        && [left.x, left.y, left.z].map(\.?.bitPattern) == [right.x, right.y, right.z].map(\.?.bitPattern)
    case (.vector(let left), .vector(let right)): left.typeMarker == right.typeMarker && left.packed == right.packed
    case (.unsupported(let left), .unsupported(let right)):
      left.tag == right.tag && left.name.isSame(as: right.name) && left.reason.isSame(as: right.reason)
        && Self.areSame(left.fields, right.fields)
    default: self == other
    }
  }

  private static func areSame(_ left: [BoltValue], _ right: [BoltValue]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
  }

  private static func areSame(_ left: [String: BoltValue], _ right: [String: BoltValue]) -> Bool {
    left.count == right.count && left.allSatisfy { key, value in right[key].map(value.isSame) ?? false }
  }

  private static func areSame(_ left: BoltNode, _ right: BoltNode) -> Bool {
    left.id == right.id && left.elementID.isSame(as: right.elementID) && left.labels.count == right.labels.count
      && zip(left.labels, right.labels).allSatisfy { $0.isSame(as: $1) }
      && areSame(left.properties, right.properties)
  }

  private static func areSame(_ left: BoltRelationship, _ right: BoltRelationship) -> Bool {
    left.id == right.id && left.startID == right.startID && left.endID == right.endID
      && left.elementID.isSame(as: right.elementID) && left.startElementID.isSame(as: right.startElementID)
      && left.endElementID.isSame(as: right.endElementID) && left.type.isSame(as: right.type)
      && areSame(left.properties, right.properties)
  }
}
