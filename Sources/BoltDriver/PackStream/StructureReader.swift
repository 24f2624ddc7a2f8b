/// Makes a value of a structure's fields. A structure that is not what it should be becomes an unsupported value, which
/// keeps everything and fails when it is read: one odd field must not cost the record, let alone the connection.
struct StructureReader {
  let tag: UInt8
  let fields: [BoltValue]
  let dialect: PackStreamDialect

  var value: BoltValue {
    guard let known = knownValue else { return .unsupported(unsupportedValue) }
    return known
  }

  private var knownValue: BoltValue? {
    switch tag {
    case StructureTag.node: node.map(BoltValue.node)
    case StructureTag.relationship: relationship.map(BoltValue.relationship)
    case StructureTag.unboundRelationship: unboundRelationship.map(BoltValue.unboundRelationship)
    case StructureTag.path: path.map(BoltValue.path)
    case StructureTag.date: integers(1).map { .date(BoltDate(daysSinceEpoch: $0[0])) }
    case StructureTag.time: time.map(BoltValue.time)
    case StructureTag.localTime: integers(1).flatMap { BoltLocalTime(nanosecondOfDay: $0[0]) }.map(BoltValue.localTime)
    case StructureTag.localDateTime:
      integers(2).flatMap { numbers in
        Int32(exactly: numbers[1]).flatMap { BoltLocalDateTime(secondsSinceEpoch: numbers[0], nanosecond: $0) }
      }.map(BoltValue.localDateTime)
    case StructureTag.dateTime where dialect.utcTimes: dateTime(isLegacy: false).map(BoltValue.dateTime)
    case StructureTag.legacyDateTime where !dialect.utcTimes: dateTime(isLegacy: true).map(BoltValue.dateTime)
    case StructureTag.dateTimeZoneID where dialect.utcTimes: dateTimeWithZone.map(BoltValue.dateTime)
    case StructureTag.legacyDateTimeZoneID where !dialect.utcTimes: legacyDateTimeWithZone.map(BoltValue.dateTime)
    case StructureTag.duration:
      integers(4).map { .duration(BoltDuration(months: $0[0], days: $0[1], seconds: $0[2], nanoseconds: $0[3])) }
    case StructureTag.point2D: point(coordinates: 2).map(BoltValue.point)
    case StructureTag.point3D: point(coordinates: 3).map(BoltValue.point)
    case StructureTag.vector where dialect.vectors: vector.map(BoltValue.vector)
    default: nil
    }
  }

  // MARK: - Graph

  private var node: BoltNode? {
    guard fields.count == (dialect.elementIDs ? 4 : 3), let id = identity(0), let labels = texts(1),
      let properties = map(2), let elementID = elementID(3, of: id)
    else { return nil }
    return BoltNode(id: id.number, elementID: elementID, labels: labels, properties: properties)
  }

  private var relationship: BoltRelationship? {
    guard fields.count == (dialect.elementIDs ? 8 : 5), let id = identity(0), let start = identity(1),
      let end = identity(2), let type = text(3), let properties = map(4), let elementID = elementID(5, of: id),
      let startElementID = self.elementID(6, of: start), let endElementID = self.elementID(7, of: end)
    else { return nil }
    return BoltRelationship(
      id: id.number, elementID: elementID, startID: start.number, startElementID: startElementID, endID: end.number,
      endElementID: endElementID, type: type, properties: properties)
  }

  private var unboundRelationship: BoltUnboundRelationship? {
    guard fields.count == (dialect.elementIDs ? 4 : 3), let id = identity(0), let type = text(1),
      let properties = map(2), let elementID = elementID(3, of: id)
    else { return nil }
    return BoltUnboundRelationship(id: id.number, elementID: elementID, type: type, properties: properties)
  }

  private var path: BoltPath? {
    guard fields.count == 3, case .list(let nodes) = fields[0], case .list(let relationships) = fields[1],
      case .list(let indices) = fields[2]
    else { return nil }
    let distinctNodes = nodes.compactMap { if case .node(let node) = $0 { node } else { nil } }
    let distinctRelationships = relationships.compactMap {
      if case .unboundRelationship(let relationship) = $0 { relationship } else { nil }
    }
    let numbers = indices.compactMap { if case .int(let number) = $0 { number } else { nil } }
    guard distinctNodes.count == nodes.count, distinctRelationships.count == relationships.count,
      numbers.count == indices.count
    else { return nil }
    return BoltPath(distinctNodes: distinctNodes, distinctRelationships: distinctRelationships, indices: numbers)
  }

  // MARK: - Time and space

  private var time: BoltTime? {
    guard let numbers = integers(2), let local = BoltLocalTime(nanosecondOfDay: numbers[0]),
      let offset = Int32(exactly: numbers[1])
    else { return nil }
    return BoltTime(local: local, offsetSeconds: offset)
  }

  private func dateTime(isLegacy: Bool) -> BoltDateTime? {
    guard let numbers = integers(3), let nanosecond = Int32(exactly: numbers[1]),
      let offset = Int32(exactly: numbers[2])
    else { return nil }
    let (seconds, overflow) = numbers[0].subtractingReportingOverflow(isLegacy ? Int64(offset) : 0)
    guard !overflow else { return nil }
    return BoltDateTime(secondsSinceEpoch: seconds, nanosecond: nanosecond, zone: .offset(seconds: offset))
  }

  private var dateTimeWithZone: BoltDateTime? {
    guard fields.count == 3, let seconds = integer(0), let nanosecond = integer(1).flatMap(Int32.init(exactly:)),
      let zone = text(2)
    else { return nil }
    return BoltDateTime(secondsSinceEpoch: seconds, nanosecond: nanosecond, zone: .identifier(zone))
  }

  /// What the clocks of a zone show; nil also when this machine does not know the zone.
  private var legacyDateTimeWithZone: BoltDateTime? {
    guard let wall = dateTimeWithZone,
      let local = BoltLocalDateTime(secondsSinceEpoch: wall.secondsSinceEpoch, nanosecond: wall.nanosecond)
    else { return nil }
    return try? BoltDateTime(local, in: wall.zone)
  }

  private func point(coordinates: Int) -> BoltPoint? {
    guard fields.count == coordinates + 1, let srid = integer(0) else { return nil }
    let numbers = fields.dropFirst().compactMap { if case .float(let number) = $0 { number } else { nil } }
    guard numbers.count == coordinates else { return nil }
    return BoltPoint(srid: srid, x: numbers[0], y: numbers[1], z: coordinates == 3 ? numbers[2] : nil)
  }

  private var vector: BoltVector? {
    guard fields.count == 2, case .bytes(let marker) = fields[0], marker.count == 1, case .bytes(let data) = fields[1]
    else { return nil }
    return BoltVector(typeMarker: marker[0], packed: data)
  }

  // MARK: - Unsupported

  private var unsupportedValue: BoltUnsupportedValue {
    if tag == StructureTag.unsupportedType, dialect.vectors, fields.count == 4, let name = text(0),
      let major = integer(1).flatMap(UInt8.init(exactly:)), let minor = integer(2).flatMap(UInt8.init(exactly:)),
      let extra = map(3)
    {
      let version = BoltVersion(major, minor)
      let message = extra["message"]?.text
      return BoltUnsupportedValue(
        name: name, reason: message ?? "the server sends it from Bolt \(version) on", minimumVersion: version,
        message: message, tag: tag, fields: fields)
    }
    return BoltUnsupportedValue(
      name: "structure 0x\(String(tag, radix: 16))", reason: unsupportedReason, tag: tag, fields: fields)
  }

  private var unsupportedReason: String {
    if tag == StructureTag.legacyDateTimeZoneID, !dialect.utcTimes, fields.count == 3, let zone = text(2) {
      return "a time by the clocks of '\(zone.prefix(64))', a zone that this machine does not know; "
        + "let the query return an offset instead"
    }
    return "no structure of this protocol version has this tag with these \(fields.count) fields"
  }

  // MARK: - Fields

  private struct Identity { let number: Int64? }

  /// The integer id at an index, which a server may leave null when there are element ids. Nil when it is neither.
  private func identity(_ index: Int) -> Identity? {
    switch fields[index] {
    case .int(let number): Identity(number: number)
    case .null where dialect.elementIDs: Identity(number: nil)
    default: nil
    }
  }

  /// The element id at an index; before 5.0 it is derived from the integer id.
  private func elementID(_ index: Int, of identity: Identity) -> String? {
    dialect.elementIDs ? text(index) : identity.number.map(String.init)
  }

  private func integer(_ index: Int) -> Int64? {
    if case .int(let number) = fields[index] { number } else { nil }
  }

  private func text(_ index: Int) -> String? {
    if case .string(let text) = fields[index] { text } else { nil }
  }

  private func map(_ index: Int) -> [String: BoltValue]? {
    if case .map(let entries) = fields[index] { entries } else { nil }
  }

  private func texts(_ index: Int) -> [String]? {
    guard case .list(let items) = fields[index] else { return nil }
    var texts: [String] = []
    texts.reserveCapacity(items.count)
    for item in items {
      guard case .string(let text) = item else { return nil }
      texts.append(text)
    }
    return texts
  }

  /// All fields as integers; nil unless there are exactly so many.
  private func integers(_ count: Int) -> [Int64]? {
    guard fields.count == count else { return nil }
    let numbers = fields.compactMap { if case .int(let number) = $0 { number } else { nil } }
    return numbers.count == count ? numbers : nil
  }
}
