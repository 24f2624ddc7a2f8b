/// The place of one value in the output, while the value writes itself.
final class ValueSlot {
  /// What the value has turned out to be.
  enum Form { case undecided, object, array, scalar }

  let sink: EncodingSink
  private let parent: ValueSlot?
  private let key: (any CodingKey)?
  /// How many arrays and objects are open around the value.
  private let depth: Int
  private var form = Form.undecided
  private(set) var count = 0
  private var isClosed = false

  private var isActive: Bool { sink.active == ObjectIdentifier(self) }

  /// How many arrays and objects are open around what this value holds.
  private var depthInside: Int { form == .scalar ? depth : depth + 1 }

  /// Makes a place and begins to write there.
  init(sink: EncodingSink, parent: ValueSlot?, key: (any CodingKey)?) {
    self.sink = sink
    self.parent = parent
    self.key = key
    depth = parent?.depthInside ?? 0
    sink.active = ObjectIdentifier(self)
  }

  var path: [any CodingKey] {
    var keys: [any CodingKey] = []
    var slot: ValueSlot? = self
    while let current = slot {
      if let key = current.key { keys.append(key) }
      slot = current.parent
    }
    return keys.reversed()
  }

  // MARK: Containers

  /// Makes the value an object or an array; a second container of the same form goes on where the first stands.
  func open(_ form: Form) {
    if self.form == form { return }
    guard self.form == .undecided, isActive else {
      return sink.fail(error(form, "a value can be written in one form only, and only while it is its turn"))
    }
    if depth >= JSONEncoding.maxDepth { sink.fail(error(form, "the value nests too deep")) }
    self.form = form
    sink.writer.raw(form == .object ? UInt8(ascii: "{") : UInt8(ascii: "["))
  }

  /// Ends the value; one that wrote nothing is an empty object.
  func close() {
    if isClosed { return }
    isClosed = true
    switch form {
    case .undecided: sink.writer.raw("{}")
    case .object: sink.writer.raw(UInt8(ascii: "}"))
    case .array: sink.writer.raw(UInt8(ascii: "]"))
    case .scalar: break
    }
    if isActive { sink.active = nil }
  }

  /// A place in this container that is filled in its own time.
  func deferred(forKey key: any CodingKey) -> ValueSlot {
    let slot = ValueSlot(sink: EncodingSink(parent: sink), parent: self, key: key)
    do { try begin(key) } catch { sink.fail(self.error(key, "it is not the turn of this container")) }
    sink.splice(slot)
    return slot
  }

  // MARK: Values

  /// Writes a scalar as a member or element.
  @inline(__always)
  func write(forKey key: (any CodingKey)?, _ scalar: (inout JSONWriter) -> Void) throws {
    try begin(key)
    scalar(&sink.writer)
  }

  /// Writes a value of any type as an element.
  func writeElement(_ value: some Encodable) throws { try write(value, forKey: nil) }

  /// Writes a value of any type as a member (or, without a key, as an element).
  func write(_ value: some Encodable, forKey key: (any CodingKey)?) throws {
    let mark = sink.mark
    let written = count
    do {
      try begin(key)
      try writeHere(value, key: key ?? NameKey(index: written))
    } catch {
      sink.rewind(to: mark)
      count = written
      sink.active = ObjectIdentifier(self)
      throw error
    }
  }

  /// Writes the value that this place is for.
  func writeWhole(_ value: some Encodable) throws {
    if try SpecialTypes.write(value, to: &sink.writer, depth: depth, path: { path }) {
      form = .scalar
    } else {
      try value.encode(to: ValueEncoder(slot: self))
    }
    close()
  }

  /// Writes the scalar, or the other value, that the value turned out to be.
  func writeSingle(_ write: (ValueSlot) throws -> Void) throws {
    guard form == .undecided, isActive else {
      throw error(form, "a value can be written only once, and only while it is its turn")
    }
    form = .scalar
    do { try write(self) } catch {
      form = .undecided
      throw error
    }
  }

  /// Writes another value in the place of this one.
  func writeInstead(_ value: some Encodable) throws {
    let mark = sink.mark
    do { try writeHere(value, key: nil) } catch {
      sink.rewind(to: mark)
      sink.active = ObjectIdentifier(self)
      throw error
    }
  }

  private func writeHere(_ value: some Encodable, key: (any CodingKey)?) throws {
    let isSpecial = try SpecialTypes.write(
      value, to: &sink.writer, depth: depthInside, path: { path + (key.map { [$0] } ?? []) })
    if isSpecial { return }
    let slot = ValueSlot(sink: sink, parent: self, key: key)
    if slot.depth > JSONEncoding.maxDepth { throw error(value, "the value nests too deep") }
    try value.encode(to: ValueEncoder(slot: slot))
    slot.close()
    sink.active = ObjectIdentifier(self)
  }

  /// Writes the comma and the key before a member, or the comma before an element.
  @inline(__always)
  private func begin(_ key: (any CodingKey)?) throws {
    guard isActive, !isClosed else { throw error(key as Any, "it is not the turn of this container") }
    if count > 0 { sink.writer.raw(UInt8(ascii: ",")) }
    count += 1
    if form == .object, let key {
      sink.writer.string(key.stringValue)
      sink.writer.raw(UInt8(ascii: ":"))
    }
  }

  private func error(_ value: Any, _ reason: String) -> EncodingError {
    .invalidValue(value, .init(codingPath: path, debugDescription: reason))
  }
}
