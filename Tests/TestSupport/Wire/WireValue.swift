/// A value of an AMQP field table with its exact type on the wire, for tests that must not share the codec under test.
package indirect enum WireValue: Sendable, Hashable {
  /// `V`
  case null
  /// `t`
  case bool(Bool)
  /// `b`
  case int8(Int8)
  /// `s`
  case int16(Int16)
  /// `I`
  case int32(Int32)
  /// `l`
  case int64(Int64)
  /// `d`
  case double(Double)
  /// `S` with UTF-8 text.
  case string(String)
  /// `S` with other bytes, and `x`.
  case bytes([UInt8])
  /// `T`
  case timestamp(UInt64)
  /// `A`
  case array([WireValue])
  /// `F`
  case table([String: WireValue])

  /// The text of a string.
  package var text: String? { if case .string(let text) = self { text } else { nil } }
  /// The number of an integer of any width.
  package var integer: Int64? {
    switch self {
    case .int8(let value): Int64(value)
    case .int16(let value): Int64(value)
    case .int32(let value): Int64(value)
    case .int64(let value): value
    default: nil
    }
  }
  /// The elements of an array.
  package var elements: [WireValue]? { if case .array(let elements) = self { elements } else { nil } }
  /// The entries of a table.
  package var entries: [String: WireValue]? { if case .table(let entries) = self { entries } else { nil } }
}

/// Something on the wire, or at the peer, is not as the protocol of these tests expects.
package struct WireError: Error, CustomStringConvertible {
  /// In words.
  package let description: String
  /// Makes the error.
  package init(_ description: String) { self.description = description }
}
