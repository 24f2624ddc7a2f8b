/// Reads the envelope of a message in one pass: which spans of the body are its fields.
struct MessageDecoder {
  private enum Field: UInt8 {
    case queueName, actorName, arguments, keywordArguments, options, id, timestamp
  }

  /// The longest message id, in bytes: what fits an AMQP short string.
  static let maxIDLength = 255

  private let body: ArraySlice<UInt8>
  private var scanner: JSONScanner
  private var seen: UInt8 = 0
  private var queueName = ""
  private var actorName = ""
  private var id: String?
  private var timestamp: Int64?
  private var arguments = 0..<0
  private var keywordArguments = 0..<0
  private var options = MessageOptions()

  /// Decodes a body.
  ///
  /// - Throws: ``MessageDecodingError``.
  @inline(__always)
  static func decode(_ body: ArraySlice<UInt8>, limits: DecodingLimits) throws(MessageDecodingError) -> Message {
    if body.count > limits.maxBodySize {
      throw MessageDecodingError(
        .tooLarge, at: 0, "the body has \(body.count) bytes; at most \(limits.maxBodySize) are decoded")
    }
    return try body.withUnsafeBufferPointer { (bytes) throws(MessageDecodingError) -> Message in
      var decoder = MessageDecoder(body: body, scanner: JSONScanner(bytes, maxDepth: limits.maxDepth))
      do {
        return try decoder.envelope()
      } catch let error as JSONSyntaxError {
        throw MessageDecodingError(error)
      } catch let error as MessageDecodingError {
        throw error
      } catch {
        throw MessageDecodingError(.syntax, at: decoder.scanner.position, "\(error)")
      }
    }
  }

  private init(body: ArraySlice<UInt8>, scanner: JSONScanner) {
    self.body = body
    self.scanner = scanner
  }

  private mutating func envelope() throws -> Message {
    try open()
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        scanner.skipWhitespace()
        try member()
        scanner.skipWhitespace()
      } while scanner.take(UInt8(ascii: ","))
      guard scanner.take(UInt8(ascii: "}")) else { throw scanner.failure(.commaOrEnd) }
    }
    try scanner.expectEnd()
    if seen & 0b11111 != 0b11111 { throw missing() }
    return Message(
      queueName: queueName, actorName: actorName, arguments: text(arguments), keywordArguments: text(keywordArguments),
      options: options, id: id ?? Message.makeID(), timestamp: timestamp ?? WallClock.now)
  }

  private mutating func open() throws {
    scanner.skipWhitespace()
    guard scanner.take(UInt8(ascii: "{")) else { throw try notAnObject() }
    if scanner.maxDepth < 1 { throw scanner.failure(.depth, at: scanner.position - 1) }
    scanner.skipWhitespace()
  }

  private mutating func member() throws {
    let start = scanner.position
    let key = try scanner.skipKey()
    guard let field = field(of: key) else { throw unknown(key, at: start) }
    let bit: UInt8 = 1 << field.rawValue
    if seen & bit != 0 { throw duplicate(key, in: "the envelope", at: start) }
    seen |= bit
    switch field {
    case .queueName: queueName = try name("queue_name")
    case .actorName: actorName = try name("actor_name")
    case .arguments: arguments = try array("args")
    case .keywordArguments: keywordArguments = try object("kwargs")
    case .options: try readOptions()
    case .id: id = try readID()
    case .timestamp: timestamp = try readTimestamp()
    }
  }

  private func field(of key: StringSpan) -> Field? {
    if key.hasEscapes { return scanner.unescaped(key).withUnsafeBufferPointer(Self.field) }
    return Self.field(UnsafeBufferPointer(rebasing: scanner.bytes[key.start..<key.end]))
  }

  @inline(__always)
  private static func field(_ key: UnsafeBufferPointer<UInt8>) -> Field? {
    @inline(__always)
    func matches(_ name: StaticString) -> Bool {
      for index in 0..<key.count where key[index] != name.utf8Start[index] { return false }
      return true
    }
    switch key.count {
    case 4: return matches("args") ? .arguments : nil
    case 6: return matches("kwargs") ? .keywordArguments : nil
    case 7: return matches("options") ? .options : nil
    case 10:
      if matches("queue_name") { return .queueName }
      if matches("actor_name") { return .actorName }
      return matches("message_id") ? .id : nil
    case 17: return matches("message_timestamp") ? .timestamp : nil
    default: return nil
    }
  }

  private func text(_ range: Range<Int>) -> JSONText {
    JSONText(unchecked: body[body.startIndex + range.lowerBound..<body.startIndex + range.upperBound])
  }
}

// MARK: - Fields

extension MessageDecoder {
  private mutating func name(_ field: StaticString) throws -> String {
    let start = scanner.position
    guard scanner.current == UInt8(ascii: "\"") else { throw try wrongType(field, expected: "a string") }
    guard let name = scanner.string(try scanner.skipString()) else { throw loneSurrogate(field, at: start) }
    return name
  }

  private mutating func array(_ field: StaticString) throws -> Range<Int> {
    guard scanner.current == UInt8(ascii: "[") else { throw try wrongType(field, expected: "an array") }
    return try scanner.skipValue(depth: 1)
  }

  private mutating func object(_ field: StaticString) throws -> Range<Int> {
    guard scanner.current == UInt8(ascii: "{") else { throw try wrongType(field, expected: "an object") }
    let start = scanner.position
    try members(of: field) { (_, _, _) throws(MessageDecodingError) in }
    return start..<scanner.position
  }

  private mutating func readOptions() throws {
    guard scanner.current == UInt8(ascii: "{") else { throw try wrongType("options", expected: "an object") }
    try members(of: "options") { (decoder, key, value) throws(MessageDecodingError) in
      guard let name = decoder.scanner.string(key) else {
        throw decoder.loneSurrogate("a key of options", at: key.start)
      }
      decoder.options.append(name, decoder.text(value))
    }
  }

  /// Goes through the members of an object at depth 2 and refuses a key that comes twice.
  @inline(__always)
  private mutating func members(
    of field: StaticString,
    _ body: (inout MessageDecoder, StringSpan, Range<Int>) throws(MessageDecodingError) -> Void
  ) throws {
    if scanner.maxDepth < 2 { throw scanner.failure(.depth) }
    scanner.position += 1
    scanner.skipWhitespace()
    if scanner.take(UInt8(ascii: "}")) { return }
    var keys = SeenKeys()
    repeat {
      scanner.skipWhitespace()
      let start = scanner.position
      let key = try scanner.skipKey()
      guard keys.insert(key, in: scanner) else { throw duplicate(key, in: field, at: start) }
      let value = try scanner.skipValue(depth: 2)
      try body(&self, key, value)
      scanner.skipWhitespace()
    } while scanner.take(UInt8(ascii: ","))
    guard scanner.take(UInt8(ascii: "}")) else { throw scanner.failure(.commaOrEnd) }
  }

  private mutating func readID() throws -> String {
    let start = scanner.position
    let id = try name("message_id")
    if id.utf8.count > Self.maxIDLength {
      throw MessageDecodingError(
        .wrongType, at: start, "message_id has \(id.utf8.count) bytes; at most \(Self.maxIDLength) are allowed")
    }
    return id
  }

  private mutating func readTimestamp() throws -> Int64 {
    let start = scanner.position
    let value = try scanner.skipValue(depth: 1)
    guard let milliseconds = NumberText.truncated(UnsafeBufferPointer(rebasing: scanner.bytes[value])) else {
      scanner.position = start
      throw try wrongType("message_timestamp", expected: "Unix milliseconds in the range of a 64-bit integer")
    }
    return milliseconds
  }
}

// MARK: - Faults

extension MessageDecoder {
  /// The error for a body that does not begin as an object; or the syntax error, when it is not even JSON.
  private mutating func notAnObject() throws -> any Error {
    guard let first = scanner.current else { return MessageDecodingError(.syntax, at: 0, "the body is empty") }
    switch first {
    case UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "I"):
      let value = try scanner.skipValue(depth: 0)
      try scanner.expectEnd()
      let text = Excerpt(scanner.bytes[value])
      return MessageDecodingError(.notAnObject, at: value.lowerBound, "expected a JSON object, got \(text)")
    case 0xEF, 0xFE, 0xFF, 0:
      return MessageDecodingError(
        .syntax, at: scanner.position, "expected UTF-8 without a byte order mark, got something else")
    default: return scanner.failure(.value)
    }
  }

  /// The error for a field of the wrong type; or the syntax error, when what stands there is not even JSON.
  private mutating func wrongType(_ field: StaticString, expected: String) throws -> MessageDecodingError {
    let value = try scanner.skipValue(depth: 1)
    return MessageDecodingError(
      .wrongType, at: value.lowerBound, "\(field): expected \(expected), got \(Excerpt(scanner.bytes[value]))")
  }

  private func loneSurrogate(_ what: StaticString, at offset: Int) -> MessageDecodingError {
    MessageDecodingError(.wrongType, at: offset, "\(what) holds half a surrogate pair, which is no character")
  }

  private func unknown(_ key: StringSpan, at offset: Int) -> MessageDecodingError {
    MessageDecodingError(.unknownKey, at: offset, "no message has a field \(quoted(key))")
  }

  private func duplicate(_ key: StringSpan, in place: StaticString, at offset: Int) -> MessageDecodingError {
    MessageDecodingError(.duplicateKey, at: offset, "\(quoted(key)) comes twice in \(place)")
  }

  private func quoted(_ key: StringSpan) -> String { "\"\(Excerpt(scanner.bytes[key.start..<key.end]))\"" }

  private func missing() -> MessageDecodingError {
    let names = ["queue_name", "actor_name", "args", "kwargs", "options"]
    let missing = names.indices.filter { seen & (1 << UInt8($0)) == 0 }.map { names[$0] }
    return MessageDecodingError(
      .missingKey, at: scanner.bytes.count, "missing: \(missing.joined(separator: ", "))")
  }
}
