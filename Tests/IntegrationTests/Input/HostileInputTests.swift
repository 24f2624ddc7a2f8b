import Actors
import Middleware
import TestSupport
import Testing

/// Whatever bytes somebody puts on a queue: nothing is dropped, nothing loops, nothing crashes, and what comes behind
/// runs.
@Suite struct HostileInputTests {
  /// One body and what must become of it.
  struct Verdict: Sendable, CustomTestStringConvertible {
    let name: String
    let body: [UInt8]
    /// The header `x-troupe-reason`; nil when the message runs.
    let reason: String?
    var testDescription: String { name }

    init(_ name: String, _ body: [UInt8], _ reason: String? = "invalid_message") {
      self.name = name
      self.body = body
      self.reason = reason
    }
    init(_ name: String, _ body: String, _ reason: String? = "invalid_message") {
      self.init(name, Array(body.utf8), reason)
    }
  }

  private static func plain(
    _ queue: String, actor: String = "any", args: String = "[]", kwargs: String = "{}", options: String = "{}"
  ) -> String {
    WireMessage(queue: queue, actor: actor, args: args, kwargs: kwargs, options: options).text
  }

  /// F27: no JSON at all.
  static func unreadable(_ queue: String) -> [Verdict] {
    let good = plain(queue)
    return [
      Verdict("empty", ""), Verdict("not JSON", "hello"), Verdict("an array", "[1,2]"), Verdict("a number", "7"),
      Verdict("null", "null"), Verdict("cut", String(good.dropLast(10))), Verdict("trailing garbage", good + "x"),
      Verdict("two messages", good + good), Verdict("single quotes", good.replacing("\"", with: "'")),
      Verdict("zeros", [UInt8](repeating: 0, count: 100)), Verdict("0xFF", [UInt8](repeating: 0xFF, count: 100)),
    ]
  }

  /// F28, F33, F34: JSON that is no message, or not for anybody here.
  static func misshapen(_ queue: String) -> [Verdict] {
    func replaced(_ key: String, _ value: String) -> String {
      var message = WireMessage(queue: queue, actor: "any")
      switch key {
      case "args": message.args = value
      case "kwargs": message.kwargs = value
      default: message.options = value
      }
      return message.text
    }
    let good = plain(queue)
    return [
      Verdict("unknown actor", plain(queue, actor: "nobody"), "actor_not_found"),
      Verdict("extra key", String(good.dropLast()) + ",\"extra\":1}"),
      Verdict("duplicate key", String(good.dropLast()) + ",\"args\":[]}"),
      Verdict("duplicate option", replaced("options", "{\"a\":1,\"a\":2}")),
      Verdict("duplicate keyword", replaced("kwargs", "{\"a\":1,\"a\":2}")),
      Verdict("args null", replaced("args", "null")), Verdict("args text", replaced("args", "\"ab\"")),
      Verdict("kwargs null", replaced("kwargs", "null")), Verdict("kwargs list", replaced("kwargs", "[]")),
      Verdict("options null", replaced("options", "null")), Verdict("options list", replaced("options", "[]")),
      Verdict("no actor", good.replacing("\"actor_name\":\"any\",", with: "")),
      Verdict("no args", good.replacing("\"args\":[],", with: "")),
      Verdict("no options", good.replacing("\"options\":{},", with: "")),
      Verdict("actor is a number", good.replacing("\"actor_name\":\"any\"", with: "\"actor_name\":5")),
      Verdict("queue is null", good.replacing("\"queue_name\":\"\(queue)\"", with: "\"queue_name\":null")),
      Verdict("id is a list", good.replacing("\"message_id\":\"", with: "\"message_id\":[],\"x\":\"")),
      Verdict("too many arguments", plain(queue, actor: "two", args: "[1,2,3]"), "invalid_arguments"),
      Verdict("too few arguments", plain(queue, actor: "two", args: "[1]"), "invalid_arguments"),
      Verdict("wrong type", plain(queue, actor: "two", args: "[1,\"b\"]"), "invalid_arguments"),
      Verdict("unknown keyword", plain(queue, actor: "two", args: "[1,2]", kwargs: "{\"c\":3}"), "invalid_arguments"),
      Verdict("argument 2^63", plain(queue, actor: "two", args: "[9223372036854775808,1]"), "invalid_arguments"),
      Verdict("argument 1e400", plain(queue, actor: "two", args: "[1e400,1]"), "invalid_arguments"),
    ]
  }

  /// F30, F31: depth and encodings.
  static func encodings(_ queue: String) -> [Verdict] {
    let good = plain(queue)
    func nested(_ depth: Int) -> String {
      plain(queue, args: "[" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "]")
    }
    let utf16 = [UInt8]([0xFF, 0xFE]) + good.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    return [
      Verdict("100 levels", nested(100), nil), Verdict("129 levels", nested(129)),
      Verdict("100,000 levels", nested(100_000)), Verdict("100,000 open", String(repeating: "[", count: 100_000)),
      Verdict("byte order mark", [0xEF, 0xBB, 0xBF] + Array(good.utf8)), Verdict("UTF-16", utf16),
      Verdict(
        "invalid UTF-8",
        Array(plain(queue, args: "[\"").dropLast(0).utf8).flatMap { $0 == 0x5D ? [0xC3, 0x28, 0x5D] : [$0] }),
      Verdict(
        "overlong UTF-8", Array(plain(queue, args: "[\"X\"]").utf8).flatMap { $0 == 0x58 ? [0xC0, 0x80] : [$0] }),
      Verdict("lone surrogate in the actor", plain(queue, actor: "\\ud800")),
      Verdict("lone surrogate in an argument", plain(queue, args: "[\"\\ud800\"]"), nil),
      Verdict("NUL in the actor", plain(queue, actor: "a\\u0000b"), "actor_not_found"),
      Verdict("raw control character", plain(queue, args: "[\"a\u{01}b\"]")),
      Verdict("NaN and infinities", plain(queue, args: "[NaN,Infinity,-Infinity]"), nil),
      Verdict("big integers", plain(queue, args: "[1180591620717411303424,1e400]"), nil),
      Verdict("number with a leading zero", plain(queue, args: "[01]")),
    ]
  }

  /// F34: options that no sane sender writes. The message runs (or is refused), nothing overflows.
  static func options(_ queue: String) -> [Verdict] {
    func with(_ options: String, _ reason: String? = nil) -> Verdict {
      Verdict(options, plain(queue, options: options), reason)
    }
    return [
      with("{\"retries\":9223372036854775807}"), with("{\"retries\":-1}"), with("{\"retries\":\"x\"}"),
      with("{\"max_retries\":-5,\"min_backoff\":-1,\"max_backoff\":1e300}"), with("{\"time_limit\":-1}"),
      with("{\"time_limit\":1e400}"), with("{\"time_limit\":Infinity}"), with("{\"max_age\":\"old\"}"),
      with("{\"max_age\":NaN}"), with("{\"eta\":null}"), with("{\"eta\":-1}"), with("{\"eta\":\"abc\"}"),
      with("{\"eta\":1.5}"), with("{\"eta\":true}"), with("{\"notify_shutdown\":7}"), with("{\"pipe_target\":null}"),
      with("{\"delay\":-9223372036854775808}"), with("{\"on_success\":5}"), with("{\"broker_priority\":-1}"),
      with("{\"ключ\":{\"a\":[1,{}]}}"), with("{\"max_age\":1}", "max_age"),
    ]
  }

  @Test func everyVerdictIsKept() async throws {
    let logs = LogCapture()
    let runs = Seen<String>()
    try await withQueue("hostile") { queue, client in
      let verdicts =
        Self.unreadable(queue) + Self.misshapen(queue) + Self.encodings(queue) + Self.options(queue)
      try await withWorker(TestBroker.url(), logs: logs) { system in
        system.add(
          ActorDefinition(name: "any", options: ActorOptions(queue: queue)) { context in
            runs.add(context.message.id)
            return nil
          })
        system.actor("two", queue: queue) { (_: Int, _: Int) in }
      } _: { worker in
        for verdict in verdicts { #expect(try await client.publish(verdict.body, to: queue) == .confirmed) }
        try await client.publish(text: Self.plain(queue, options: "{\"last\":1}"), to: queue)
        let expected = verdicts.count { $0.reason == nil } + 1
        try await eventually("everything that can run has run") { runs.count >= expected }
        let dead = verdicts.count { $0.reason != nil }
        try await eventually("the others are dead letters") {
          try await client.ready("\(queue).XQ") >= dead
        }
        try await eventually("all are counted") { worker.figures.dead == UInt64(dead) }
      }
      let letters = try await client.takeAll("\(queue).XQ")
      for verdict in verdicts {
        let letter = letters.first { $0.body == verdict.body }
        let reason = letter?.properties.headers?["x-troupe-reason"]?.text
        #expect(reason == verdict.reason, "\(verdict.name): body byte for byte, reason")
        guard let letter else { continue }
        Self.expectHeaders(of: letter, queue)
      }
      #expect(letters.count == verdicts.count { $0.reason != nil }, "each once")
      #expect(try await client.takeAll(queue).isEmpty)
      let lines = logs.lines(from: .error).filter { $0.message.contains("dead-letter") }
      #expect(lines.count == letters.count, "one log line each")
      #expect(lines.allSatisfy { !$0.description.unicodeScalars.contains { $0.value < 32 } }, "no control characters")
    }
  }

  private static func expectHeaders(of letter: RawMessage, _ queue: String) {
    let headers = letter.properties.headers ?? [:]
    #expect(headers["x-troupe-queue"]?.text == queue)
    #expect(headers["x-troupe-error"]?.text?.isEmpty == false)
    #expect((headers["x-troupe-error"]?.text ?? "").utf8.count <= 4_096)
    #expect(headers["x-troupe-attempts"]?.integer != nil)
    #expect((headers["x-troupe-time"]?.integer ?? 0) > 1_700_000_000_000)
    #expect(letter.properties.deliveryMode == 2)
  }

  /// F35: headers of any shape that a broker lets through.
  @Test func hostileHeadersAreInformationOnly() async throws {
    let runs = Seen<String>()
    try await withQueue("headers") { queue, client in
      var deep = WireValue.int64(1)
      for _ in 0..<1_000 { deep = .table(["d": deep]) }
      let death = WireValue.table([
        "count": .int64(Int64.max), "reason": .string("rejected"), "queue": .string("elsewhere"),
        "time": .timestamp(UInt64.max), "routing-keys": .array([.string("a")]),
      ])
      let tables: [[String: WireValue]] = [
        [:], ["deep": deep], ["long": .string(String(repeating: "h", count: 100_000))],
        ["x-death": .array([death]), "x-first-death-queue": .string("elsewhere")], ["x-death": .int64(5)],
        ["x-troupe-reason": .string("forged"), "x-troupe-queue": .bytes([0xFF, 0x00])],
        ["troupe-queue": .string("elsewhere")], ["many": .array((0..<2_000).map { .int64($0) })],
        ["null": .null, "bool": .bool(true), "double": .double(1.5), "i8": .int8(-1), "i16": .int16(-1)],
      ]
      let unreadable = Self.readsDeepTables ? [] : [1]
      try await withWorker(TestBroker.url()) { system in
        system.actor("fine", queue: queue) { (name: String) in runs.add(name) }
      } _: { _ in
        for (number, table) in tables.enumerated() {
          let message = WireMessage(queue: queue, actor: "fine", args: "[\"\(number)\"]")
          let headers = WireProperties(headers: table)
          try await client.publish(text: message.text, to: queue, headers)
          #expect(try await client.publish(Array("bad \(number)".utf8), to: queue, headers) == .confirmed)
        }
        try await eventually("all run that can be read") { Set(runs.all).count == tables.count - unreadable.count }
        try await eventually("the others are dead letters") {
          // More than once, when the connection was lost between the copy and the acknowledgement.
          let dead = try await client.ready("\(queue).XQ")
          return unreadable.isEmpty ? dead == tables.count : dead > tables.count
        }
      }
      for letter in try await client.takeAll("\(queue).XQ") {
        if letter.properties.headers?["deep"] != nil, !unreadable.isEmpty { continue }
        #expect(letter.properties.headers?["x-troupe-reason"]?.text == "invalid_message")
        #expect(letter.properties.headers?["x-troupe-queue"]?.text == queue)
        #expect(letter.properties.headers?["x-death"] == nil, "notes on other deaths are taken off")
      }
      #expect(Set(runs.all) == Set(Set(0..<tables.count).subtracting(unreadable).map { "\($0)" }))
      #expect(!unreadable.isEmpty || runs.count == tables.count, "each once")
    }
  }

  /// Whether the library reads tables in tables in tables, a thousand deep.
  private static var readsDeepTables: Bool {
    let version = AMQPStatus.libraryVersion.split(separator: ".").prefix(2).compactMap { Int($0) }
    return version.lexicographicallyPrecedes([0, 14])
  }

  /// F35: header bytes that are no table at all, from a server that does not care. The connection is given up, not
  /// used on; the message goes to its dead letters, or it would end every connection after this one.
  @Test func brokenHeaderTablesEndTheConnection() async throws {
    let runs = Seen<String>()
    let (hostile, refused) = (Seen<Int>(), Seen<Int>())
    let server = try ScriptedBroker { connection in
      try connection.handshake()
      var behaviour = ScriptedBehaviour()
      let index = connection.index
      behaviour.consume = { connection, consumer in
        guard consumer.queue == "broken" else { return }
        var properties = WireProperties()
        switch index {
        case 0: properties.rawHeaders = [1, 0x61, UInt8(ascii: "S"), 0xFF, 0xFF, 0xFF, 0xFF]
        case 1: properties.rawHeaders = [1, 0x61, UInt8(ascii: "?"), 0, 0]
        case 2:
          properties.rawHeaders = Array(repeating: [1, 0x61, UInt8(ascii: "F"), 0, 0, 0xFF, 0xFF], count: 500).flatMap {
            $0
          }
        default: break
        }
        // Some connections only look whether the port answers.
        if index < 3 { hostile.add(index) }
        let body = WireMessage(queue: "broken", actor: "fine", args: "[\"\(index)\"]").text
        try connection.deliver(
          Array(body.utf8), properties, tag: 1, consumer: consumer.tag, channel: consumer.channel, queue: "broken")
      }
      behaviour.settle = { _, frame in
        // The tag, and neither `multiple` nor `requeue`.
        if frame.method == .nack, frame.payload.suffix(9) == [0, 0, 0, 0, 0, 0, 0, 1, 0] { refused.add(index) }
      }
      try connection.serve(behaviour)
    }
    defer { server.stop() }
    try await withWorker(server.url) { system in
      system.actor("fine", queue: "broken") { (name: String) in runs.add(name) }
    } _: { _ in
      try await eventually("a sound delivery runs in the end") {
        runs.all.contains { (Int($0) ?? 0) >= 3 }
      }
      try await eventually("what cannot be read was refused for good") {
        !refused.all.isEmpty && Set(refused.all) == Set(hostile.all)
      }
    }
  }

  /// A body that names another queue is settled on the queue that delivered it, and its retry comes back there.
  @Test func queueNameOfTheBodyIsNotTrusted() async throws {
    let runs = Seen<Int>()
    struct Failure: Error {}
    try await withQueue("lying") { queue, client in
      try await withWorker(TestBroker.url()) { system in
        system.actor("work", queue: queue) {
          let attempt = MessageContext.current?.attempt ?? 0
          runs.add(attempt)
          if attempt == 1 { throw Failure() }
        }
      } _: { _ in
        for name in ["elsewhere-entirely", "\(queue).DQ", "\(queue).XQ"] {
          let message = WireMessage(queue: name, actor: "work", options: "{\"min_backoff\":50,\"max_backoff\":50}")
          try await client.publish(text: message.text, to: queue)
        }
        try await eventually("each failed and ran again") { runs.count == 6 }
        try await eventually("all settled") { try await client.figures(queue)?.ready == 0 }
      }
      #expect(runs.all.sorted() == [1, 1, 1, 2, 2, 2])
      #expect(try await client.takeAll(queue).isEmpty)
      #expect(try await client.takeAll("\(queue).XQ").isEmpty)
    }
  }

  /// F28: options that nobody here knows survive a retry and arrive unchanged in the dead-letter queue.
  @Test func unknownOptionsSurviveRetries() async throws {
    struct Failure: Error {}
    let options =
      "{\"max_retries\":1,\"zzz\":{\"b\":[1.0,1e+300],\"a\":\"\\u00e9\"},\"min_backoff\":50,\"max_backoff\":50}"
    try await withQueue("options") { queue, client in
      let attempts = Seen<String>()
      try await withWorker(TestBroker.url()) { system in
        system.add(
          ActorDefinition(name: "fails", options: ActorOptions(queue: queue)) { context in
            attempts.add(context.message.options["zzz"]?.text ?? "gone")
            throw Failure()
          })
      } _: { _ in
        let message = WireMessage(queue: queue, actor: "fails", options: options)
        try await client.publish(text: message.text, to: queue)
        let letter = try await client.waitFor("\(queue).XQ")
        #expect(attempts.all == Array(repeating: "{\"b\":[1.0,1e+300],\"a\":\"\\u00e9\"}", count: 2))
        #expect(letter.text.contains("\"zzz\":{\"b\":[1.0,1e+300],\"a\":\"\\u00e9\"}"))
        #expect(letter.text.contains("\"retries\":1"))
        #expect(letter.text.contains("\"message_id\":\"\(message.id)\",\"message_timestamp\":\(message.timestamp)}"))
        #expect(letter.properties.headers?["x-troupe-reason"]?.text == "max_retries")
        #expect(letter.properties.headers?["x-troupe-attempts"]?.integer == 2)
        #expect(letter.properties.headers?["x-troupe-error"]?.text?.contains("Failure") == true)
      }
    }
  }
}
