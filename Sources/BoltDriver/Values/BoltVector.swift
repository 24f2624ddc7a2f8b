/// A vector of numbers of one type (Bolt 6.0).
public enum BoltVector: Sendable, Hashable {
  /// 8-bit integers.
  case int8([Int8])
  /// 16-bit integers.
  case int16([Int16])
  /// 32-bit integers.
  case int32([Int32])
  /// 64-bit integers.
  case int64([Int64])
  /// 32-bit floats.
  case float32([Float])
  /// 64-bit floats.
  case float64([Double])

  /// How many numbers it has.
  public var count: Int {
    switch self {
    case .int8(let numbers): numbers.count
    case .int16(let numbers): numbers.count
    case .int32(let numbers): numbers.count
    case .int64(let numbers): numbers.count
    case .float32(let numbers): numbers.count
    case .float64(let numbers): numbers.count
    }
  }

  /// The numbers as 64-bit floats; 64-bit integers beyond 2⁵³ are rounded.
  public var doubles: [Double] {
    switch self {
    case .int8(let numbers): numbers.map(Double.init)
    case .int16(let numbers): numbers.map(Double.init)
    case .int32(let numbers): numbers.map(Double.init)
    case .int64(let numbers): numbers.map(Double.init)
    case .float32(let numbers): numbers.map(Double.init)
    case .float64(let numbers): numbers
    }
  }

  /// The byte by which the wire names the type of the numbers.
  package var typeMarker: UInt8 {
    switch self {
    case .int8: 0xC8
    case .int16: 0xC9
    case .int32: 0xCA
    case .int64: 0xCB
    case .float32: 0xC6
    case .float64: 0xC1
    }
  }

  /// The numbers packed, each with its most significant byte first.
  package var packed: [UInt8] {
    switch self {
    case .int8(let numbers): numbers.map(UInt8.init(bitPattern:))
    case .int16(let numbers): Self.pack(numbers.map(UInt16.init(bitPattern:)))
    case .int32(let numbers): Self.pack(numbers.map(UInt32.init(bitPattern:)))
    case .int64(let numbers): Self.pack(numbers.map(UInt64.init(bitPattern:)))
    case .float32(let numbers): Self.pack(numbers.map(\.bitPattern))
    case .float64(let numbers): Self.pack(numbers.map(\.bitPattern))
    }
  }

  /// Reads the wire's form. Returns nil for an unknown type, or when the bytes are no whole number of numbers.
  package init?(typeMarker: UInt8, packed: [UInt8]) {
    switch typeMarker {
    case 0xC8: self = .int8(packed.map(Int8.init(bitPattern:)))
    case 0xC9:
      guard let numbers = Self.unpack(packed, as: UInt16.self) else { return nil }
      self = .int16(numbers.map(Int16.init(bitPattern:)))
    case 0xCA:
      guard let numbers = Self.unpack(packed, as: UInt32.self) else { return nil }
      self = .int32(numbers.map(Int32.init(bitPattern:)))
    case 0xCB:
      guard let numbers = Self.unpack(packed, as: UInt64.self) else { return nil }
      self = .int64(numbers.map(Int64.init(bitPattern:)))
    case 0xC6:
      guard let numbers = Self.unpack(packed, as: UInt32.self) else { return nil }
      self = .float32(numbers.map(Float.init(bitPattern:)))
    case 0xC1:
      guard let numbers = Self.unpack(packed, as: UInt64.self) else { return nil }
      self = .float64(numbers.map(Double.init(bitPattern:)))
    default: return nil
    }
  }

  private static func pack<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * (Number.bitWidth / 8))
    for number in numbers {
      for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
      }
    }
    return bytes
  }

  private static func unpack<Number: FixedWidthInteger>(_ bytes: [UInt8], as type: Number.Type) -> [Number]? {
    let width = Number.bitWidth / 8
    guard bytes.count.isMultiple(of: width) else { return nil }
    return stride(from: 0, to: bytes.count, by: width).map { start in
      bytes[start..<start + width].reduce(0) { $0 << 8 | Number($1) }
    }
  }
}
