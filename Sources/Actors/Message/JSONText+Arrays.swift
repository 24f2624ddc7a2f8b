extension JSONText {
  /// Whether the value is an array.
  public var isArray: Bool { bytes.first == UInt8(ascii: "[") }
  /// Whether the value is an object.
  public var isObject: Bool { bytes.first == UInt8(ascii: "{") }

  /// Whether the value is an array or object with nothing in it.
  public var isEmptyContainer: Bool {
    guard isArray || isObject else { return false }
    return bytes.dropFirst().dropLast().allSatisfy { $0 <= 0x20 }
  }

  /// An array of the given values.
  public static func array(_ elements: some Sequence<JSONText>) -> JSONText {
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    for element in elements {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: element.bytes)
    }
    bytes.append(UInt8(ascii: "]"))
    return JSONText(unchecked: bytes[...])
  }

  /// This array with one more element at its end. A text that is no array counts as an array of itself.
  public func appending(_ element: JSONText) -> JSONText {
    guard isArray else { return .array([self, element]) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + element.bytes.count + 1)
    result.append(contentsOf: bytes.dropLast())
    if !isEmptyContainer { result.append(UInt8(ascii: ",")) }
    result.append(contentsOf: element.bytes)
    result.append(UInt8(ascii: "]"))
    return JSONText(unchecked: result[...])
  }

  /// The elements of an array, in their order; nil when the value is no array.
  public var elements: [JSONText]? {
    guard isArray else { return nil }
    var cursor = ElementCursor(self)
    var elements: [JSONText] = []
    while let element = cursor.next() { elements.append(element) }
    return elements
  }
}
