import Actors
import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import actorctl

@Suite("Commands at a real broker")
struct BrokerCommandTests {
  /// Lends a queue of a test's own, its client and a console that knows the broker.
  private static func withQueue(
    isDeclared: Bool = true, _ body: (String, RawClient, CapturedConsole) async throws -> Void
  ) async throws {
    let url = try await TestBroker.url()
    let queue = uniqueName("ctl")
    try await RawClient.with(url) { client in
      if isDeclared { try await client.declareLikeDramatiq(queue) }
      do { try await body(queue, client, CapturedConsole(environment: ["AMQP_URL": url])) } catch {
        try? await client.deleteAll(of: queue)
        throw error
      }
      try? await client.deleteAll(of: queue)
    }
  }

  private static func run(
    _ command: any ConsoleCommand, _ console: CapturedConsole
  ) async throws -> CommandFailure.Code? {
    do { try await command.run(console.console) } catch let failure as CommandFailure { return failure.code }
    return nil
  }

  private static func body(_ id: String, queue: String, options: String = "{}") -> String {
    #"{"queue_name":"\#(queue)","actor_name":"boom","args":[],"kwargs":{},"options":\#(options),"#
      + #""message_id":"\#(id)","message_timestamp":1}"#
  }

  // MARK: send

  @Test func `send publishes one persistent message and says so`() async throws {
    try await Self.withQueue { queue, client, console in
      let command = try SendCommand.parse(["greet", "--arg", "\"Ada\"", "--kwarg", "n=1.0", "-Q", queue])
      #expect(try await Self.run(command, console) == nil)
      let message = try await client.waitFor(queue)
      #expect(
        message.text.hasPrefix(#"{"queue_name":"\#(queue)","actor_name":"greet","args":["Ada"],"kwargs":{"n":1.0}"#))
      #expect(message.properties.deliveryMode == 2)
      let decoded = try Message(decoding: message.body)
      #expect(console.output.hasPrefix("sent  \(decoded.id)  greet  queue=\(queue)  confirmed in "))
      #expect(console.error.isEmpty)
    }
  }

  @Test func `send makes a queue that does not exist, and says so`() async throws {
    try await Self.withQueue(isDeclared: false) { queue, client, console in
      let command = try SendCommand.parse(["greet", "-Q", queue, "-o", "json"])
      #expect(try await Self.run(command, console) == nil)
      #expect(try await client.ready(queue) == 1)
      #expect(console.error.contains("queue \(queue) did not exist"))
      #expect(console.output.contains(#""schema":"actorctl.send/1""#))
    }
  }

  @Test func `send leaves a queue with other arguments as it is`() async throws {
    try await Self.withQueue(isDeclared: false) { queue, client, console in
      try await client.declare(queue, arguments: ["x-max-priority": .int32(7)])
      #expect(try await Self.run(try SendCommand.parse(["greet", "-Q", queue]), console) == nil)
      #expect(try await client.ready(queue) == 1)
    }
  }

  @Test func `send with a delay keeps the message in the broker`() async throws {
    try await Self.withQueue { queue, client, console in
      let command = try SendCommand.parse(["greet", "-Q", queue, "--delay", "300ms"])
      #expect(try await Self.run(command, console) == nil)
      #expect(console.output.contains("runs in 300 ms"))
      let message = try await client.waitFor(queue)
      #expect(try Message(decoding: message.body).options.integer("eta") != nil)
    }
  }

  @Test func `send takes the lines of a file, and stops at a bad one`() async throws {
    try await Self.withQueue { queue, client, console in
      let folder = try TemporaryFolder()
      let good = (0..<1500).map { "{\"args\":[\($0)]}" }.joined(separator: "\n")
      let path = try folder.write(good, to: "good")
      #expect(try await Self.run(try SendCommand.parse(["greet", "-Q", queue, "--json", path]), console) == nil)
      #expect(console.output == "1,500 confirmed, 0 returned, 0 unknown\n")
      #expect(try await client.purge(queue) == 1500)
      try folder.write("{\"args\":[1]}\n{\"args\":7}\n{\"args\":[3]}\n", to: "bad")
      let command = try SendCommand.parse(["greet", "-Q", queue, "--json", folder.file("bad")])
      #expect(try await Self.run(command, console) == .data)
      #expect(try await client.takeAll(queue).count == 1)
    }
  }

  // MARK: queues

  @Test func `queues shows what is ready and dead`() async throws {
    try await Self.withQueue { queue, client, console in
      try await client.publish(texts: ["a", "b"], to: queue)
      try await client.publish(text: "c", to: "\(queue).XQ")
      #expect(try await Self.run(try QueuesListCommand.parse([queue, "-o", "json"]), console) == nil)
      let row = JSONValue(try JSONText(validating: console.output))["queues"]?[0]
      #expect(row?["ready"]?.intValue == 2)
      #expect(row?["dead"]?.intValue == 1)
      #expect(row?["consumers"]?.intValue == 0)
      #expect(try await Self.run(try QueuesListCommand.parse([uniqueName("missing")]), console) == .notFound)
    }
  }

  // MARK: dead

  @Test func `dead ls shows and gives everything back`() async throws {
    try await Self.withQueue { queue, client, console in
      var properties = WireProperties(headers: ["x-troupe-reason": .string("max_retries")])
      properties.messageID = "m-1"
      try await client.publish(text: Self.body("m-1", queue: queue), to: "\(queue).XQ", properties)
      try await client.publish(text: "garbage\u{1B}[2J", to: "\(queue).XQ")
      #expect(try await Self.run(try DeadListCommand.parse([queue]), console) == nil)
      #expect(console.output.contains("max_retries"))
      #expect(console.output.contains("invalid_message"))
      #expect(!console.output.contains("\u{1B}"))
      #expect(console.error.contains("2 shown, 2 in \(queue).XQ"))
      #expect(try await client.ready("\(queue).XQ") == 2)
    }
  }

  @Test func `dead requeue publishes first, then removes; the body is the same`() async throws {
    try await Self.withQueue { queue, client, console in
      for id in ["m-1", "m-2", "m-3"] {
        try await client.publish(text: Self.body(id, queue: queue, options: #"{"retries":3}"#), to: "\(queue).XQ")
      }
      #expect(try await Self.run(try DeadRequeueCommand.parse([queue, "m-2"]), console) == .refused)
      #expect(try await client.ready("\(queue).XQ") == 3)
      #expect(try await Self.run(try DeadRequeueCommand.parse([queue, "m-2", "--yes"]), console) == nil)
      #expect(console.output.hasPrefix("1 requeued, 0 failed"))
      #expect(try await client.waitFor(queue).text == Self.body("m-2", queue: queue, options: #"{"retries":3}"#))
      let rest = try DeadRequeueCommand.parse([queue, "--filter", "actor:boom", "--reset-retries", "--yes"])
      #expect(try await Self.run(rest, console) == nil)
      #expect(
        try await client.takeAll(queue).map(\.text)
          == [Self.body("m-1", queue: queue), Self.body("m-3", queue: queue)])
      #expect(try await client.ready("\(queue).XQ") == 0)
    }
  }

  @Test func `dead requeue --all goes through a queue that is larger than one lease`() async throws {
    try await Self.withQueue { queue, client, console in
      try await client.publish(texts: (0..<1203).map { Self.body("m-\($0)", queue: queue) }, to: "\(queue).XQ")
      try await client.publish(text: "garbage", to: "\(queue).XQ")
      #expect(try await Self.run(try DeadRequeueCommand.parse([queue, "--all", "--yes"]), console) == nil)
      #expect(console.output.hasPrefix("1,204 requeued, 0 failed"))
      #expect(console.error.contains("1 message cannot be decoded"))
      #expect(try await client.ready(queue) == 1204)
      #expect(try await client.ready("\(queue).XQ") == 0)
    }
  }

  @Test func `what has no queue to go to stays dead`() async throws {
    try await Self.withQueue { queue, client, console in
      let properties = WireProperties(headers: ["x-troupe-queue": .string(uniqueName("gone"))])
      try await client.publish(text: Self.body("m-1", queue: queue), to: "\(queue).XQ", properties)
      #expect(try await Self.run(try DeadRequeueCommand.parse([queue, "--all", "--yes"]), console) == .itemsFailed)
      #expect(console.output.hasPrefix("0 requeued, 1 failed"))
      #expect(console.error.contains("m-1 stays: there is no queue gone-"))
      #expect(try await client.ready("\(queue).XQ") == 1)
    }
  }

  @Test func `dead rm removes what was chosen and nothing else`() async throws {
    try await Self.withQueue { queue, client, console in
      for id in ["m-1", "m-2"] { try await client.publish(text: Self.body(id, queue: queue), to: "\(queue).XQ") }
      let command = try DeadRemoveCommand.parse([queue, "m-1", "--yes", "-o", "json"])
      #expect(try await Self.run(command, console) == nil)
      #expect(console.output.contains(#""done":["m-1"]"#))
      #expect(try await client.takeAll("\(queue).XQ").map(\.text) == [Self.body("m-2", queue: queue)])
    }
  }
}
