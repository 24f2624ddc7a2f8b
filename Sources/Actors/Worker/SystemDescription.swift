/// What a worker application consists of, as `describe` shows it.
struct SystemDescription {
  private let system: ActorSystem

  init(_ system: ActorSystem) { self.system = system }

  private var queues: [QueueDeclaration] {
    Set(system.registry.queues).union(system.queues.keys).sorted().map { system.declaration(of: $0) }
  }

  /// The schema `troupe.describe/1`.
  var json: String {
    let document: JSONValue = [
      "schema": "troupe.describe/1",
      "actors": .array(system.registry.actors.map(Self.json)),
      "queues": .array(queues.map(Self.json)),
      "middleware": .array(system.middleware.layers.map { .string("\(type(of: $0))") }),
    ]
    var writer = JSONWriter(capacity: 1_024)
    Self.write(document, to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// For people.
  var table: String {
    var rows = [["ACTOR", "QUEUE", "PRIORITY", "OPTIONS"]]
    for actor in system.registry.actors {
      let options = Self.options(actor.options).map { "\($0.key)=\($0.text)" }.joined(separator: " ")
      rows.append([actor.name, actor.options.queue, String(actor.options.priority), options])
    }
    let actors = Self.aligned(rows, rightAligned: [2])
    rows = [["QUEUE", "TYPE", "MAX PRIORITY"]]
    for queue in queues { rows.append([queue.name, queue.type.rawValue, queue.maxPriority.map(String.init) ?? "–"]) }
    let layers = system.middleware.layers.map { "\(type(of: $0))" }.joined(separator: ", ")
    return actors + "\n\n" + Self.aligned(rows, rightAligned: [2]) + "\n\nmiddleware, outermost first: "
      + (layers.isEmpty ? "none" : layers)
  }

  // MARK: Parts

  private static func json(_ actor: ActorDefinition) -> JSONValue {
    [
      "name": .string(actor.name), "queue": .string(actor.options.queue),
      "priority": .integer(actor.options.priority),
      "options": .object(options(actor.options).map { JSONValue.Member(key: $0.key, value: $0.value) }),
    ]
  }

  private static func json(_ queue: QueueDeclaration) -> JSONValue {
    [
      "name": .string(queue.name), "type": .string(queue.type.rawValue),
      "max_priority": queue.maxPriority.map { .integer($0) } ?? .null,
    ]
  }

  private struct Option {
    let key: String
    let value: JSONValue
    let text: String

    init(_ key: String, _ value: JSONValue, _ text: String? = nil) {
      self.key = key
      self.value = value
      self.text =
        text ?? value.stringValue ?? value.intValue.map(String.init) ?? value.boolValue.map(String.init) ?? "…"
    }
  }

  /// The options that are set, by their wire names; durations in milliseconds.
  private static func options(_ options: ActorOptions) -> [Option] {
    var found: [Option] = []
    func add(_ key: String, _ duration: Duration?) {
      guard let duration else { return }
      let isUnlimited = duration == .unlimited
      found.append(
        Option(
          key, isUnlimited ? .null : .integer(duration.milliseconds),
          isUnlimited ? "unlimited" : DurationText.format(duration)))
    }
    func add(_ key: String, _ text: String?) { if let text { found.append(Option(key, .string(text))) } }
    func add(_ key: String, _ flag: Bool?) { if let flag { found.append(Option(key, .bool(flag))) } }
    switch options.maxRetries {
    case .times(let count): found.append(Option("max_retries", .integer(count)))
    case .unlimited: found.append(Option("max_retries", .null, "unlimited"))
    case nil: break
    }
    add("min_backoff", options.minBackoff)
    add("max_backoff", options.maxBackoff)
    add("retry_when", options.retryWhen.map { _ in "(function)" })
    if !options.throws.isEmpty {
      let names = options.throws.map { String(describing: $0) }
      found.append(Option("throws", .array(names.map { .string($0) }), names.joined(separator: ",")))
    }
    add("time_limit", options.timeLimit)
    add("max_age", options.maxAge)
    add("notify_shutdown", options.notifyShutdown)
    add("on_success", options.onSuccess)
    add("on_failure", options.onFailure)
    add("on_retry_exhausted", options.onRetryExhausted)
    add("pipe_ignore", options.pipeIgnore)
    for (key, value) in options.custom.sorted(by: { $0.key < $1.key }) { found.append(Option(key, value)) }
    return found
  }

  private static func aligned(_ rows: [[String]], rightAligned: Set<Int>) -> String {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return rightAligned.contains(column) ? padding + text : text + padding
      }.joined(separator: "  ")
    }
    return lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
  }

  private static func write(_ value: JSONValue, to writer: inout JSONWriter) {
    switch value {
    case .null: writer.raw("null")
    case .bool(let flag): writer.bool(flag)
    case .number(let text): for byte in text.utf8 { writer.raw(byte) }
    case .string(let text): writer.string(text)
    case .array(let values):
      writer.raw("[")
      for (index, value) in values.enumerated() {
        if index > 0 { writer.raw(",") }
        write(value, to: &writer)
      }
      writer.raw("]")
    case .object(let members):
      writer.raw("{")
      for (index, member) in members.enumerated() {
        if index > 0 { writer.raw(",") }
        writer.string(member.key)
        writer.raw(":")
        write(member.value, to: &writer)
      }
      writer.raw("}")
    }
  }
}
