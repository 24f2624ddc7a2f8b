/// A value of an AMQP 0-9-1 field table: message headers and queue arguments.
public indirect enum AMQPValue: Sendable, Hashable {
  /// No value (`V`).
  case null
  /// A truth value (`t`).
  case bool(Bool)
  /// Any integer type of the table grammar; written as a 64-bit one (`l`).
  case integer(Int64)
  /// A 32-bit integer (`I`): what other clients send for `x-` arguments, so that declarations compare equal.
  case integer32(Int32)
  /// A floating-point number (`d`, also read from `f`).
  case double(Double)
  /// A string (`S`).
  case string(String)
  /// Bytes that are not UTF-8 (`x`, also read from `S`).
  case bytes([UInt8])
  /// Unix seconds (`T`).
  case timestamp(UInt64)
  /// A list (`A`).
  case array([AMQPValue])
  /// A nested table (`F`).
  case table([String: AMQPValue])

  /// The text of a string value; nil for every other type.
  public var stringValue: String? { if case .string(let text) = self { text } else { nil } }
  /// The number of an integer value of any width; nil for every other type.
  public var integerValue: Int64? {
    switch self {
    case .integer(let value): value
    case .integer32(let value): Int64(value)
    default: nil
    }
  }
}
