package import NIOCore

/// Writes PackStream values into a buffer, each in its shortest form.
package struct PackStreamWriter {
  /// What has been written.
  package private(set) var buffer: ByteBuffer
  private let dialect: PackStreamDialect
  private var depth = 0

  /// Writes behind what the buffer already holds.
  package init(_ buffer: ByteBuffer, dialect: PackStreamDialect) {
    self.buffer = buffer
    self.dialect = dialect
  }

  /// Writes one value.
  package mutating func write(_ value: BoltValue) throws(PackStreamError) {
    switch value {
    case .null: writeByte(0xC0)
    case .bool(let truth): writeByte(truth ? 0xC3 : 0xC2)
    case .int(let number): write(number)
    case .float(let number): write(number)
    case .string(let text): try write(text)
    case .bytes(let bytes): try write(bytes)
    case .list(let items): try write(items)
    case .map(let entries): try write(entries)
    case .date(let date): writeIntegers(StructureTag.date, date.daysSinceEpoch)
    case .time(let time):
      writeIntegers(StructureTag.time, time.local.nanosecondOfDay, Int64(time.offsetSeconds))
    case .localTime(let time): writeIntegers(StructureTag.localTime, time.nanosecondOfDay)
    case .dateTime(let time): try write(time)
    case .localDateTime(let time):
      writeIntegers(StructureTag.localDateTime, time.secondsSinceEpoch, Int64(time.nanosecond))
    case .duration(let span):
      writeIntegers(StructureTag.duration, span.months, span.days, span.seconds, span.nanoseconds)
    case .point(let point): write(point)
    case .vector(let vector): try write(vector)
    case .node, .relationship, .unboundRelationship, .path, .unsupported:
      throw PackStreamError(.unsendable("a \(value.typeName) cannot be sent; send its id or its properties"))
    }
  }

  /// Writes a structure's header; its fields follow.
  package mutating func writeStructureHeader(tag: UInt8, fieldCount: UInt8) {
    buffer.writeInteger(UInt16(0xB0 | (fieldCount & 0x0F)) << 8 | UInt16(tag))
  }

  /// Writes the header of a map of fewer than 16 entries; they follow, each as text and value.
  package mutating func writeMapHeader(smallCount: UInt8) { writeByte(0xA0 | (smallCount & 0x0F)) }

  /// Hands over what has been written, and is empty from then on.
  package mutating func take() -> ByteBuffer {
    let written = buffer
    buffer = ByteBuffer()
    return written
  }

  /// Writes a map.
  package mutating func write(_ entries: [String: BoltValue]) throws(PackStreamError) {
    try writeHeader(count: entries.count, tiny: 0xA0, first: 0xD8)
    try descend()
    for (key, value) in entries {
      try write(key)
      try write(value)
    }
    depth -= 1
  }

  /// Writes a list.
  package mutating func write(_ items: [BoltValue]) throws(PackStreamError) {
    try writeHeader(count: items.count, tiny: 0x90, first: 0xD4)
    try descend()
    for item in items { try write(item) }
    depth -= 1
  }

  /// Writes text.
  package mutating func write(_ text: String) throws(PackStreamError) {
    let count = text.utf8.count
    try writeHeader(count: count, tiny: 0x80, first: 0xD0)
    buffer.writeString(text)
  }

  /// Writes an integer.
  package mutating func write(_ number: Int64) {
    if number >= -16, number <= 127 {
      writeByte(UInt8(truncatingIfNeeded: number))
    } else if let narrow = Int8(exactly: number) {
      buffer.writeInteger(0xC800 | UInt16(UInt8(bitPattern: narrow)))
    } else if let narrow = Int16(exactly: number) {
      buffer.writeMultipleIntegers(UInt8(0xC9), narrow)
    } else if let narrow = Int32(exactly: number) {
      buffer.writeMultipleIntegers(UInt8(0xCA), narrow)
    } else {
      buffer.writeMultipleIntegers(UInt8(0xCB), number)
    }
  }

  // MARK: - Parts

  private mutating func write(_ number: Double) {
    buffer.writeMultipleIntegers(UInt8(0xC1), number.bitPattern)
  }

  private mutating func write(_ bytes: [UInt8]) throws(PackStreamError) {
    try writeHeader(count: bytes.count, tiny: nil, first: 0xCC)
    buffer.writeBytes(bytes)
  }

  private mutating func write(_ time: BoltDateTime) throws(PackStreamError) {
    switch time.zone {
    case .offset(let offset):
      let tag = dialect.utcTimes ? StructureTag.dateTime : StructureTag.legacyDateTime
      let (local, overflow) = time.secondsSinceEpoch.addingReportingOverflow(Int64(offset))
      guard dialect.utcTimes || !overflow else {
        throw PackStreamError(.unsendable("a time is too far from 1970 for this protocol version"))
      }
      writeIntegers(tag, dialect.utcTimes ? time.secondsSinceEpoch : local, Int64(time.nanosecond), Int64(offset))
    case .identifier(let name):
      try writeZoned(time, name)
    }
  }

  private mutating func writeZoned(_ time: BoltDateTime, _ zone: String) throws(PackStreamError) {
    guard dialect.utcTimes else { return try writeLegacyZoned(time, zone) }
    writeStructureHeader(tag: StructureTag.dateTimeZoneID, fieldCount: 3)
    write(time.secondsSinceEpoch)
    write(Int64(time.nanosecond))
    try write(zone)
  }

  /// Before 5.0 the wire has what the clocks of the zone show.
  private mutating func writeLegacyZoned(_ time: BoltDateTime, _ zone: String) throws(PackStreamError) {
    let local: BoltLocalDateTime
    do { local = try time.wallClock().local } catch {
      throw PackStreamError(
        .unsendable("a time in the zone '\(zone)', to a server before Bolt 5.0: \(error); send it with an offset"))
    }
    writeStructureHeader(tag: StructureTag.legacyDateTimeZoneID, fieldCount: 3)
    write(local.secondsSinceEpoch)
    write(Int64(local.nanosecond))
    try write(zone)
  }

  private mutating func write(_ point: BoltPoint) {
    let tag = point.z == nil ? StructureTag.point2D : StructureTag.point3D
    writeStructureHeader(tag: tag, fieldCount: point.z == nil ? 3 : 4)
    write(point.srid)
    write(point.x)
    write(point.y)
    if let z = point.z { write(z) }
  }

  private mutating func write(_ vector: BoltVector) throws(PackStreamError) {
    guard dialect.vectors else {
      throw PackStreamError(.unsendable("vectors can be sent from Bolt 6.0 on; this server speaks an older version"))
    }
    writeStructureHeader(tag: StructureTag.vector, fieldCount: 2)
    try write([vector.typeMarker])
    try write(vector.packed)
  }

  private mutating func writeIntegers(_ tag: UInt8, _ numbers: Int64...) {
    writeStructureHeader(tag: tag, fieldCount: UInt8(truncatingIfNeeded: numbers.count))
    for number in numbers { write(number) }
  }

  @inline(__always)
  private mutating func writeByte(_ byte: UInt8) { buffer.writeInteger(byte) }

  /// Writes a marker with a size: in its low nibble where there is such a form and it fits, else in 8, 16 or 32 bits.
  private mutating func writeHeader(count: Int, tiny: UInt8?, first: UInt8) throws(PackStreamError) {
    if let tiny, count < 16 {
      writeByte(tiny | UInt8(truncatingIfNeeded: count))
    } else if count <= 0xFF {
      buffer.writeMultipleIntegers(first, UInt8(truncatingIfNeeded: count))
    } else if count <= 0xFFFF {
      buffer.writeMultipleIntegers(first + 1, UInt16(truncatingIfNeeded: count))
    } else {
      guard let size = Int32(exactly: count) else { throw PackStreamError(.tooLong) }
      buffer.writeMultipleIntegers(first + 2, size)
    }
  }

  private mutating func descend() throws(PackStreamError) {
    guard depth < PackStreamDialect.maximumDepth else {
      throw PackStreamError(.unsendable("nested more than \(PackStreamDialect.maximumDepth) deep"))
    }
    depth += 1
  }
}
