import NIOCore

@testable import BoltDriver

/// Shorthands of the codec tests.
enum PackStreamBytes {
  static let v5 = PackStreamDialect(version: BoltVersion(5, 4))
  static let v6 = PackStreamDialect(version: .v60)
  static let v4 = PackStreamDialect(version: .v44)

  static func encode(_ value: BoltValue, _ dialect: PackStreamDialect = v6) throws -> [UInt8] {
    var writer = PackStreamWriter(ByteBuffer(), dialect: dialect)
    try writer.write(value)
    return Array(buffer: writer.buffer)
  }

  static func decode(_ bytes: [UInt8], _ dialect: PackStreamDialect = v6) throws -> BoltValue {
    try PackStreamReader.read(ByteBuffer(bytes: bytes), dialect: dialect) { reader throws(PackStreamError) in
      try reader.readValue()
    }
  }
}
