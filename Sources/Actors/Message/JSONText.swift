/// The text of one valid JSON value, kept as the bytes that came.
///
/// Numbers keep their spelling (2^70, `1.0` against `1`, `NaN`), strings their escapes. Taken out of a message body it
/// is a slice of that body: nothing is copied. Two texts are equal when their bytes are.
public struct JSONText: Sendable, Hashable {
  /// The bytes of the value, without white space around it.
  public let bytes: ArraySlice<UInt8>

  /// `[]`
  public static let emptyArray = JSONText(unchecked: [0x5B, 0x5D])
  /// `{}`
  public static let emptyObject = JSONText(unchecked: [0x7B, 0x7D])
  /// `null`
  public static let null = JSONText(unchecked: [0x6E, 0x75, 0x6C, 0x6C])

  /// Takes bytes that are known to be one JSON value without white space around it.
  @inline(__always)
  package init(unchecked bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  /// Checks that `bytes` are one JSON value, white space around it allowed.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8 without a byte order mark.
  ///   - maxDepth: How many arrays and objects may be open at once; at most 512.
  /// - Throws: ``JSONSyntaxError``.
  public init(validating bytes: [UInt8], maxDepth: Int = DecodingLimits().maxDepth) throws(JSONSyntaxError) {
    let range = try bytes.withUnsafeBufferPointer { (buffer) throws(JSONSyntaxError) -> Range<Int> in
      var scanner = JSONScanner(buffer, maxDepth: min(maxDepth, DecodingLimits.maxDepthEver))
      scanner.skipWhitespace()
      let range = try scanner.skipValue(depth: 0)
      try scanner.expectEnd()
      return range
    }
    self.bytes = bytes[range]
  }

  /// Checks that `text` is one JSON value, white space around it allowed.
  ///
  /// - Throws: ``JSONSyntaxError``.
  public init(validating text: String) throws(JSONSyntaxError) { try self.init(validating: Array(text.utf8)) }

  /// Writes a value as JSON, in the form that Python's encoder would have given it.
  ///
  /// - Parameter value: The value. Dates become ISO 8601 strings, data base64.
  /// - Throws: `EncodingError` when the value has no JSON form.
  public init(encoding value: some Encodable) throws { self.init(unchecked: try JSONEncoding.encode(value)[...]) }

  /// Reads the value as a Swift type.
  ///
  /// - Throws: `DecodingError` when the value does not fit the type.
  public func decode<T: Decodable>(_ type: T.Type) throws -> T { try ValueDecoder.decode(type, from: self, path: nil) }

  /// The text as a string.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Compares the bytes.
  public static func == (left: JSONText, right: JSONText) -> Bool { left.bytes.elementsEqual(right.bytes) }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    hasher.combine(UInt8.max)
  }

  /// Lends a scanner at the beginning of the text.
  @inline(__always)
  func withScanner<R, E: Error>(_ body: (inout JSONScanner) throws(E) -> R) throws(E) -> R {
    try bytes.withUnsafeBufferPointer { (buffer) throws(E) -> R in
      var scanner = JSONScanner(buffer)
      return try body(&scanner)
    }
  }

  /// A part of the text, by offsets from its beginning.
  @inline(__always)
  func part(_ range: Range<Int>) -> JSONText {
    JSONText(unchecked: bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound])
  }
}

extension JSONText: CustomStringConvertible {
  /// The text as a string.
  public var description: String { text }
}
