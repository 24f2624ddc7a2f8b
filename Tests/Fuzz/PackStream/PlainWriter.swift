import BoltDriver

/// Writes every value that can be read, those included that a driver never sends. It shares nothing with the driver's
/// writer.
struct PlainWriter {
  let dialect: PackStreamDialect
  private(set) var bytes: [UInt8] = []
  /// Whether everything that has been written may be sent to a server.
  private(set) var canBeSent = true

  init(dialect: PackStreamDialect) { self.dialect = dialect }

  mutating func write(_ value: BoltValue) {
    switch value {
    case .null: bytes.append(0xC0)
    case .bool(let truth): bytes.append(truth ? 0xC3 : 0xC2)
    case .int(let number): write(number)
    case .float(let number): write(number)
    case .string(let text): write(text)
    case .bytes(let content): write(content)
    case .list(let items): write(items)
    case .map(let entries): write(entries)
    case .date(let date): write(0x44, [.int(date.daysSinceEpoch)])
    case .time(let time): write(0x54, [.int(time.local.nanosecondOfDay), .int(Int64(time.offsetSeconds))])
    case .localTime(let time): write(0x74, [.int(time.nanosecondOfDay)])
    case .dateTime(let time): write(time)
    case .localDateTime(let time): write(0x64, [.int(time.secondsSinceEpoch), .int(Int64(time.nanosecond))])
    case .duration(let span):
      write(0x45, [.int(span.months), .int(span.days), .int(span.seconds), .int(span.nanoseconds)])
    case .point(let point):
      let coordinates = [point.x, point.y] + (point.z.map { [$0] } ?? [])
      write(point.z == nil ? 0x58 : 0x59, [.int(point.srid)] + coordinates.map(BoltValue.float))
    case .vector(let vector): write(0x56, [.bytes([vector.typeMarker]), .bytes(vector.packed)])
    case .node, .relationship, .unboundRelationship, .path, .unsupported: writeUnsendable(value)
    }
  }

  // MARK: - What only servers send

  private mutating func writeUnsendable(_ value: BoltValue) {
    canBeSent = false
    switch value {
    case .node(let node): write(0x4E, fields(of: node))
    case .relationship(let bond):
      var fields = [id(bond.id), id(bond.startID), id(bond.endID), .string(bond.type), .map(bond.properties)]
      if dialect.elementIDs {
        fields += [.string(bond.elementID), .string(bond.startElementID), .string(bond.endElementID)]
      }
      write(0x52, fields)
    case .unboundRelationship(let bond):
      write(0x72, fields(id: bond.id, type: bond.type, properties: bond.properties, elementID: bond.elementID))
    case .path(let path): write(path)
    case .unsupported(let value): write(value.tag, value.fields)
    default: break
    }
  }

  private mutating func write(_ path: BoltPath) {
    var indices: [BoltValue] = []
    for (step, bond) in path.relationships.enumerated() {
      let start = path.nodes[step]
      let isForward = bond.startID == start.id && bond.startElementID.utf8.elementsEqual(start.elementID.utf8)
      indices += [.int(Int64(isForward ? step + 1 : -step - 1)), .int(Int64(step + 1))]
    }
    bytes += [0xB3, 0x50]
    writeHeader(path.nodes.count, tiny: 0x90, first: 0xD4)
    for node in path.nodes { write(0x4E, fields(of: node)) }
    writeHeader(path.relationships.count, tiny: 0x90, first: 0xD4)
    for bond in path.relationships {
      write(0x72, fields(id: bond.id, type: bond.type, properties: bond.properties, elementID: bond.elementID))
    }
    write(indices)
  }

  private func fields(of node: BoltNode) -> [BoltValue] {
    [id(node.id), .list(node.labels.map(BoltValue.string)), .map(node.properties)] + elementID(node.elementID)
  }

  private func fields(
    id number: Int64?, type: String, properties: [String: BoltValue], elementID: String
  ) -> [BoltValue] {
    [id(number), .string(type), .map(properties)] + self.elementID(elementID)
  }

  private func id(_ number: Int64?) -> BoltValue { number.map(BoltValue.int) ?? .null }

  private func elementID(_ text: String) -> [BoltValue] { dialect.elementIDs ? [.string(text)] : [] }

  // MARK: - Parts

  private mutating func write(_ tag: UInt8, _ fields: [BoltValue]) {
    bytes += [0xB0 | UInt8(fields.count), tag]
    for field in fields { write(field) }
  }

  private mutating func write(_ time: BoltDateTime) {
    let nanosecond = BoltValue.int(Int64(time.nanosecond))
    switch time.zone {
    case .offset(let offset):
      let seconds = dialect.utcTimes ? time.secondsSinceEpoch : time.secondsSinceEpoch &+ Int64(offset)
      write(dialect.utcTimes ? 0x49 : 0x46, [.int(seconds), nanosecond, .int(Int64(offset))])
    case .identifier(let zone):
      // A named zone comes from an older server only when the machine knows it.
      let local = dialect.utcTimes ? nil : try? time.wallClock().local.secondsSinceEpoch
      write(dialect.utcTimes ? 0x69 : 0x66, [.int(local ?? time.secondsSinceEpoch), nanosecond, .string(zone)])
    }
  }

  private mutating func write(_ number: Int64) {
    switch number {
    case -16...127: bytes.append(UInt8(truncatingIfNeeded: number))
    case -0x80...0x7F: write(0xC8, bits: UInt64(bitPattern: number), width: 1)
    case -0x8000...0x7FFF: write(0xC9, bits: UInt64(bitPattern: number), width: 2)
    case -0x8000_0000...0x7FFF_FFFF: write(0xCA, bits: UInt64(bitPattern: number), width: 4)
    default: write(0xCB, bits: UInt64(bitPattern: number), width: 8)
    }
  }

  private mutating func write(_ number: Double) { write(0xC1, bits: number.bitPattern, width: 8) }

  private mutating func write(_ text: String) {
    let content = Array(text.utf8)
    writeHeader(content.count, tiny: 0x80, first: 0xD0)
    bytes += content
  }

  private mutating func write(_ content: [UInt8]) {
    writeHeader(content.count, tiny: nil, first: 0xCC)
    bytes += content
  }

  private mutating func write(_ items: [BoltValue]) {
    writeHeader(items.count, tiny: 0x90, first: 0xD4)
    for item in items { write(item) }
  }

  private mutating func write(_ entries: [String: BoltValue]) {
    writeHeader(entries.count, tiny: 0xA0, first: 0xD8)
    for (key, value) in entries {
      write(key)
      write(value)
    }
  }

  private mutating func writeHeader(_ count: Int, tiny: UInt8?, first: UInt8) {
    switch count {
    case 0...15 where tiny != nil: bytes.append((tiny ?? 0) + UInt8(count))
    case 0...0xFF: write(first, bits: UInt64(count), width: 1)
    case 0...0xFFFF: write(first + 1, bits: UInt64(count), width: 2)
    default: write(first + 2, bits: UInt64(count), width: 4)
    }
  }

  private mutating func write(_ marker: UInt8, bits: UInt64, width: Int) {
    bytes.append(marker)
    for place in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * place))) }
  }
}
