import Actors

/// Makes messages from what a person gives: the parts on the command line, or one line of JSON.
struct MessageTemplate: Sendable {
  /// The actor of lines that do not name one.
  var actor: String?
  /// The queue of lines that do not name one.
  var queue: String
  /// Options of every message; a line's own take precedence.
  var options: MessageOptions

  /// What a line may say.
  private static let messageKeys: Set<String> = [
    "queue_name", "actor_name", "args", "kwargs", "options", "message_id", "message_timestamp",
  ]

  /// The message of one line: a whole message, missing fields filled in, or the `args`, `kwargs` and `options` of one.
  ///
  /// - Throws: ``CommandFailure`` (`data`), without the line's number.
  func message(line: [UInt8]) throws(CommandFailure) -> Message {
    let fields = try Self.fields(of: line)
    if let unknown = fields.keys.filter({ !Self.messageKeys.contains($0) }).sorted().first {
      let known = "queue_name, actor_name, args, kwargs, options, message_id, message_timestamp"
      throw CommandFailure(.data, "the key \(Self.quoted(unknown)) is none of a message's; there are \(known)")
    }
    let name = try Self.string("actor_name", fields) ?? actor
    guard let name, !name.isEmpty else {
      throw CommandFailure(.data, "it names no actor (actor_name), and no ACTOR was given on the command line")
    }
    let queue = QueueName.canonical(try Self.string("queue_name", fields) ?? self.queue)
    do { try QueueName.validate(queue) } catch { throw CommandFailure(.data, "\(error)") }
    var message = Message(
      queueName: queue, actorName: name,
      arguments: try Self.container("args", "[", "an array", fields) ?? .emptyArray,
      keywordArguments: try Self.container("kwargs", "{", "an object", fields) ?? .emptyObject,
      options: try options(fields))
    if let id = try Self.string("message_id", fields) {
      guard (1...255).contains(id.utf8.count) else {
        throw CommandFailure(.data, "message_id must have 1 to 255 bytes")
      }
      message.id = id
    }
    if let timestamp = fields["message_timestamp"] {
      guard let value = timestamp.integerValue else {
        throw CommandFailure(.data, "message_timestamp must be Unix milliseconds")
      }
      message.timestamp = value
    }
    // What no worker would read is not sent.
    do { _ = try Message(decoding: message.encoded()) } catch { throw CommandFailure(.data, "\(error)") }
    return message
  }

  /// The message of the flags `--arg` and `--kwarg`.
  ///
  /// - Throws: ``CommandFailure`` (`data`, `usage`).
  func message(arguments: [String], keywordArguments: [String]) throws(CommandFailure) -> Message {
    guard let actor, !actor.isEmpty else { throw CommandFailure(.usage, "give the ACTOR to send to") }
    do { try QueueName.validate(queue) } catch { throw CommandFailure(.usage, "\(error)") }
    var positional = JSONText.emptyArray
    for (index, text) in arguments.enumerated() {
      positional = positional.appending(try Self.json(text, "--arg \(index + 1)"))
    }
    var keywords = MessageOptions()
    for pair in keywordArguments {
      let (key, value) = try Self.pair(pair, flag: "--kwarg")
      guard !keywords.contains(key) else { throw CommandFailure(.data, "--kwarg \(key) is given twice") }
      keywords.set(key, to: value)
    }
    return Message(
      queueName: queue, actorName: actor, arguments: positional, keywordArguments: keywords.json, options: options)
  }

  /// Options of the flag `--option k=JSON`.
  ///
  /// - Throws: ``CommandFailure`` (`data`, `usage`).
  static func options(_ pairs: [String]) throws(CommandFailure) -> MessageOptions {
    var options = MessageOptions()
    for pair in pairs {
      let (key, value) = try self.pair(pair, flag: "--option")
      options.set(key, to: value)
    }
    return options
  }

  private static func pair(_ text: String, flag: String) throws(CommandFailure) -> (String, JSONText) {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw CommandFailure(.usage, "\(flag) \(quoted(text)) must be name=JSON")
    }
    let key = String(text[..<equals])
    return (key, try json(String(text[text.index(after: equals)...]), "\(flag) \(Printable.escape(key))"))
  }

  private static func json(_ text: String, _ name: String) throws(CommandFailure) -> JSONText {
    do { return try JSONText(validating: text) } catch {
      throw CommandFailure(
        .data, "\(name) is no JSON (\(error)); a string needs its quotes inside those of the shell: '\"text\"'")
    }
  }

  private static func fields(of line: [UInt8]) throws(CommandFailure) -> [String: JSONText] {
    let text: JSONText
    do { text = try JSONText(validating: line) } catch { throw CommandFailure(.data, "it is no JSON: \(error)") }
    guard text.bytes.first == UInt8(ascii: "{") else { throw CommandFailure(.data, "it is no JSON object") }
    do { return try text.decode([String: JSONText].self) } catch {
      throw CommandFailure(.data, "a key comes twice, or is half a character")
    }
  }

  private func options(_ fields: [String: JSONText]) throws(CommandFailure) -> MessageOptions {
    guard let text = try Self.container("options", "{", "an object", fields) else { return options }
    guard let values = try? text.decode([String: JSONText].self) else {
      throw CommandFailure(.data, "an option comes twice")
    }
    // The order of the line is kept: a whole message goes out as it was written.
    var result = MessageOptions()
    for member in JSONValue(text).members ?? [] {
      if let value = values[member.key] { result.set(member.key, to: value) }
    }
    for key in options.keys where !result.contains(key) { result[key] = options[key] }
    return result
  }

  private static func container(
    _ key: String, _ opening: Unicode.Scalar, _ kind: String, _ fields: [String: JSONText]
  ) throws(CommandFailure) -> JSONText? {
    guard let value = fields[key] else { return nil }
    guard value.bytes.first == UInt8(ascii: opening) else { throw CommandFailure(.data, "\(key) must be \(kind)") }
    return value
  }

  private static func string(_ key: String, _ fields: [String: JSONText]) throws(CommandFailure) -> String? {
    guard let value = fields[key] else { return nil }
    guard let text = value.stringValue else { throw CommandFailure(.data, "\(key) must be a string") }
    return text
  }

  private static func quoted(_ text: String) -> String { "“\(Printable.escape(Printable.cut(text, to: 60)))”" }
}
