/// Writes Swift values as JSON text.
struct JSONEncoding: ~Copyable {
  /// How many arrays and objects may be open at once: with the envelope and the arguments around it a value of this
  /// depth is just within ``DecodingLimits/maxDepth`` of the receiver.
  static let maxDepth = 126

  private let sink = EncodingSink()
  private let root: ValueSlot

  /// Writes one value.
  ///
  /// - Throws: `EncodingError`.
  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoding = JSONEncoding()
    try encoding.root.writeWhole(value)
    return try encoding.sink.finish()
  }

  private init() { root = ValueSlot(sink: sink, parent: nil, key: nil) }

  deinit { sink.dismantle() }

  /// Begins an array.
  init(array: ()) {
    self.init()
    root.open(.array)
  }

  /// Adds an element to the array that was begun.
  func append(_ value: some Encodable) throws { try root.writeElement(value) }

  /// Ends the array that was begun.
  func finish() throws -> JSONText {
    root.close()
    return JSONText(unchecked: try sink.finish()[...])
  }
}
