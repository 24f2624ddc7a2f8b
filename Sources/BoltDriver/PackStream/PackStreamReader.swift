/// Reads PackStream values from bytes that somebody else keeps alive.
///
/// No size is trusted: whatever a header claims is first compared with the bytes that are there, and what the values
/// will occupy is taken from a budget before memory is: one byte of a message can become a list's item of 24.
package struct PackStreamReader {
  private let bytes: UnsafeRawBufferPointer
  private let dialect: PackStreamDialect
  private var depth = 0
  private var budget = Self.maximumMemory
  /// How many bytes have been read.
  package private(set) var offset = 0

  package init(_ bytes: UnsafeRawBufferPointer, dialect: PackStreamDialect) {
    self.bytes = bytes
    self.dialect = dialect
  }

  /// How many bytes are left.
  package var left: Int { bytes.count - offset }

  /// Reads one value.
  package mutating func readValue() throws(PackStreamError) -> BoltValue {
    let marker = try readByte()
    switch marker {
    case 0x00...0x7F: return .int(Int64(marker))
    case 0x80...0x8F: return .string(try readText(count: Int(marker & 0x0F)))
    case 0x90...0x9F: return .list(try readItems(count: Int(marker & 0x0F)))
    case 0xA0...0xAF: return .map(try readEntries(count: Int(marker & 0x0F)))
    case 0xB0...0xBF: return try readStructure(fieldCount: Int(marker & 0x0F))
    case 0xC0: return .null
    case 0xC1: return .float(Double(bitPattern: try readInteger(UInt64.self)))
    case 0xC2: return .bool(false)
    case 0xC3: return .bool(true)
    case 0xC8: return .int(Int64(try readInteger(Int8.self)))
    case 0xC9: return .int(Int64(try readInteger(Int16.self)))
    case 0xCA: return .int(Int64(try readInteger(Int32.self)))
    case 0xCB: return .int(try readInteger(Int64.self))
    case 0xCC, 0xCD, 0xCE: return .bytes(try readBytes(count: try readSize(width: marker - 0xCC)))
    case 0xD0, 0xD1, 0xD2: return .string(try readText(count: try readSize(width: marker - 0xD0)))
    case 0xD4, 0xD5, 0xD6: return .list(try readItems(count: try readSize(width: marker - 0xD4)))
    case 0xD8, 0xD9, 0xDA: return .map(try readEntries(count: try readSize(width: marker - 0xD8)))
    case 0xF0...0xFF: return .int(Int64(Int8(bitPattern: marker)))
    default: throw PackStreamError(.reservedMarker(marker), at: offset - 1)
    }
  }

  /// Reads a structure's header: how many fields it has, and its tag.
  package mutating func readStructureHeader() throws(PackStreamError) -> (fieldCount: Int, tag: UInt8) {
    let marker = try readByte()
    guard marker & 0xF0 == 0xB0 else { throw PackStreamError(.reservedMarker(marker), at: offset - 1) }
    return (Int(marker & 0x0F), try readByte())
  }

  /// Reads a list and returns its items.
  package mutating func readList() throws(PackStreamError) -> [BoltValue] {
    let marker = try readByte()
    switch marker {
    case 0x90...0x9F: return try readItems(count: Int(marker & 0x0F))
    case 0xD4, 0xD5, 0xD6: return try readItems(count: try readSize(width: marker - 0xD4))
    default: throw PackStreamError(.reservedMarker(marker), at: offset - 1)
    }
  }

  /// Reads a map and returns its entries.
  package mutating func readMap() throws(PackStreamError) -> [String: BoltValue] {
    let marker = try readByte()
    switch marker {
    case 0xA0...0xAF: return try readEntries(count: Int(marker & 0x0F))
    case 0xD8, 0xD9, 0xDA: return try readEntries(count: try readSize(width: marker - 0xD8))
    default: throw PackStreamError(.reservedMarker(marker), at: offset - 1)
    }
  }

  /// Throws unless every byte has been read.
  package func expectEnd() throws(PackStreamError) {
    guard left == 0 else { throw PackStreamError(.trailingBytes(left), at: offset) }
  }

  // MARK: - Parts

  @inline(__always)
  private mutating func readByte() throws(PackStreamError) -> UInt8 {
    guard offset < bytes.count else { throw PackStreamError(.truncated(needed: 1, left: 0), at: offset) }
    let byte = bytes[offset]
    offset += 1
    return byte
  }

  @inline(__always)
  private mutating func readInteger<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(PackStreamError) -> Number {
    let size = MemoryLayout<Number>.size
    try expect(size)
    let number = bytes.loadUnaligned(fromByteOffset: offset, as: type)
    offset += size
    return Number(bigEndian: number)
  }

  /// Reads a size of 8, 16 or 32 bits (width 0, 1, 2).
  private mutating func readSize(width: UInt8) throws(PackStreamError) -> Int {
    switch width {
    case 0: return Int(try readInteger(UInt8.self))
    case 1: return Int(try readInteger(UInt16.self))
    default:
      let size = try readInteger(UInt32.self)
      guard size <= UInt32(Int32.max) else { throw PackStreamError(.tooLong, at: offset) }
      return Int(size)
    }
  }

  @inline(__always)
  private func expect(_ count: Int) throws(PackStreamError) {
    guard count <= bytes.count - offset else {
      throw PackStreamError(.truncated(needed: count, left: left), at: offset)
    }
  }

  private mutating func readText(count: Int) throws(PackStreamError) -> String {
    try expect(count)
    try charge(count)
    let text = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    let string: String
    if Self.isASCII(text) {
      // By far the most common, and much faster than the general way.
      string = String(decoding: text.assumingMemoryBound(to: UInt8.self), as: UTF8.self)
    } else {
      guard let valid = String(validating: text, as: UTF8.self) else {
        throw PackStreamError(.invalidText, at: offset)
      }
      string = valid
    }
    offset += count
    return string
  }

  @inline(__always)
  private static func isASCII(_ text: UnsafeRawBufferPointer) -> Bool {
    var bits: UInt64 = 0
    var index = 0
    while index + 8 <= text.count {
      bits |= text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      index += 8
    }
    while index < text.count {
      bits |= UInt64(text[index])
      index += 1
    }
    return bits & 0x8080_8080_8080_8080 == 0
  }

  private mutating func readBytes(count: Int) throws(PackStreamError) -> [UInt8] {
    try expect(count)
    try charge(count + Self.allocation)
    let copy = [UInt8](UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
    offset += count
    return copy
  }

  private mutating func readItems(count: Int) throws(PackStreamError) -> [BoltValue] {
    // Every item takes a byte at least, so a larger count is a lie.
    try expect(count)
    try charge(count * Self.item + Self.allocation)
    try descend()
    var items: [BoltValue] = []
    items.reserveCapacity(count)
    for _ in 0..<count { items.append(try readValue()) }
    depth -= 1
    return items
  }

  private mutating func readEntries(count: Int) throws(PackStreamError) -> [String: BoltValue] {
    // Every entry takes two bytes at least: its key's marker and its value's.
    guard count <= left / 2 else { throw PackStreamError(.truncated(needed: 2 * count, left: left), at: offset) }
    guard count > 0 else { return [:] }
    try charge(count * Self.entry + Self.allocation)
    try descend()
    var entries = [String: BoltValue](minimumCapacity: min(count, Self.trustedEntryCount))
    for _ in 0..<count {
      let key = try readKey()
      entries[key] = try readValue()
    }
    depth -= 1
    return entries
  }

  private mutating func readKey() throws(PackStreamError) -> String {
    let marker = try readByte()
    switch marker {
    case 0x80...0x8F: return try readText(count: Int(marker & 0x0F))
    case 0xD0, 0xD1, 0xD2: return try readText(count: try readSize(width: marker - 0xD0))
    default: throw PackStreamError(.keyIsNoText(marker: marker), at: offset - 1)
    }
  }

  private mutating func readStructure(fieldCount: Int) throws(PackStreamError) -> BoltValue {
    let tag = try readByte()
    try charge(Self.structure)
    let fields = try readItems(count: fieldCount)
    if tag == StructureTag.path, case .list(let indices)? = fields.last { try charge(indices.count * Self.pathStep) }
    return StructureReader(tag: tag, fields: fields, dialect: dialect).value
  }

  private mutating func descend() throws(PackStreamError) {
    guard depth < PackStreamDialect.maximumDepth else {
      throw PackStreamError(.tooDeep(limit: PackStreamDialect.maximumDepth), at: offset)
    }
    depth += 1
  }

  /// Takes what a value will occupy out of the budget.
  @inline(__always)
  private mutating func charge(_ bytes: Int) throws(PackStreamError) {
    budget -= bytes
    guard budget >= 0 else { throw PackStreamError(.tooLarge(limit: Self.maximumMemory), at: offset) }
  }

  /// How many bytes the values of one message may occupy, roughly.
  package static let maximumMemory = 56 * 1024 * 1024
  private static let item = MemoryLayout<BoltValue>.stride
  /// Key and value, in a table that is at least three eighths full.
  private static let entry = (MemoryLayout<String>.stride + MemoryLayout<BoltValue>.stride) * 8 / 3
  private static let allocation = 64
  /// What a structure occupies besides its fields; one that is unsupported keeps two texts.
  private static let structure = 320
  /// What one of the numbers that describe a path becomes: a pair of them is a node and a relationship.
  private static let pathStep = (MemoryLayout<BoltNode>.stride + MemoryLayout<BoltRelationship>.stride) / 2
  /// For how many entries of a map, whose keys may all be equal, memory is taken before they are there.
  private static let trustedEntryCount = 32
}
