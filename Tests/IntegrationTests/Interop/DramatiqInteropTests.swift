import Actors
import Middleware
import TestSupport
import Testing

/// A real dramatiq and this library on the same broker, and on the same queues.
@Suite(.serialized) struct DramatiqInteropTests {
  private struct Failure: Error {}

  private func sender(_ broker: RabbitMQBroker) throws -> MessageSender {
    var system = ActorSystem()
    system.broker = .instance(broker)
    return try MessageSender(system)
  }

  /// Python sends, Swift runs: arguments of every kind, by position and by name, at once and delayed.
  @Test func pythonSendsSwiftRuns() async throws {
    let runs = Seen<String>()
    let url = try await TestBroker.url()
    try await withQueue("py-swift") { queue, client in
      let sent = try await PythonPeer.send(
        [
          "{\"queue\":\"\(queue)\",\"actor\":\"show\",\"args\":[1,\"\\u00e9\\ud83d\\ude00\"]}",
          "{\"queue\":\"\(queue)\",\"actor\":\"show\",\"kwargs\":{\"b\":\"x\",\"a\":2}}",
          "{\"queue\":\"\(queue)\",\"actor\":\"show\",\"args\":[3],\"kwargs\":{\"b\":\"y\"},\"delay\":1200}",
          "{\"queue\":\"\(queue)\",\"actor\":\"show\",\"args\":[4,\"z\"],\"options\":{\"anything\":[1.0]}}",
        ], to: url)
      #expect(sent.count == 4)
      let ends = Seen<(String, Int64)>()
      try await withWorker(url) { system in
        system.add(
          ActorDefinition(name: Show.actorName, options: ActorOptions(queue: queue)) { context in
            let show = try context.message.decodeArguments(as: Show.self)
            runs.add("\(show.a) \(show.b)")
            ends.add((context.message.id, WallClock.now))
            return nil
          })
      } _: { _ in
        try await eventually("all run") { runs.count == 4 }
      }
      #expect(runs.all.sorted() == ["1 é😀", "2 x", "3 y", "4 z"])
      #expect(Set(ends.all.map(\.0)) == Set(sent.map(\.id)), "the ids are dramatiq's")
      let delayed = try Message(decoding: Array(sent[2].body.utf8))
      let end = ends.all.first { $0.0 == sent[2].id }?.1 ?? 0
      #expect(end >= delayed.timestamp + 1_200, "not early")
      for name in [queue, "\(queue).DQ", "\(queue).XQ"] { #expect(try await client.takeAll(name).isEmpty) }
    }
  }

  private struct Show: ActorMessage {
    static let actorName = "show"
    var a: Int
    var b: String
  }

  /// Swift sends, Python runs: at once, and delayed through our ladder to a dramatiq worker.
  @Test func swiftSendsPythonRuns() async throws {
    let url = try await TestBroker.url()
    try await withQueue("swift-py") { queue, client in
      try await PythonPeer.withWorker(on: queue, at: url) { journal in
        try await withBroker(url) { broker in
          broker.register(QueueDeclaration(queue))
          let sender = try sender(broker)
          let echo = Message(
            queueName: queue, actorName: "echo", arguments: try JSONText(encoding: ["é😀\"/\n\u{7F}"]))
          let add = Message(
            queueName: queue, actorName: "add", arguments: try JSONText(encoding: [1]),
            keywordArguments: try JSONText(encoding: ["b": 2]))
          let late = Message(queueName: queue, actorName: "echo", arguments: try JSONText(encoding: [2.5]))
          let due = WallClock.now + 1_500
          try await sender.send(contentsOf: [
            OutgoingMessage(message: echo), OutgoingMessage(message: add),
            OutgoingMessage(message: late, delay: .milliseconds(1_500)),
          ])
          try await eventually("Python ran all") { try journal.runs.count == 3 }
          let entries = try journal.entries
          #expect(Set(entries.map(\.id)) == [echo.id, add.id, late.id])
          let end = entries.first { $0.id == late.id }?.start ?? 0
          #expect(end >= due, "early by \(due - end) ms")
        }
      }
      for name in [queue, "\(queue).DQ", "\(queue).XQ"] { #expect(try await client.takeAll(name).isEmpty) }
    }
  }

  /// Queues declared by either first are used by both, with no 406.
  @Test(arguments: [true, false])
  func queuesAreShared(pythonFirst: Bool) async throws {
    let url = try await TestBroker.url()
    try await withQueue("shared") { queue, client in
      let logs = LogCapture()
      func python() async throws {
        _ = try await PythonPeer.send(["{\"queue\":\"\(queue)\",\"actor\":\"any\"}"], to: url)
      }
      if pythonFirst { try await python() }
      try await withBroker(url, logs: logs) { broker in
        broker.register(QueueDeclaration(queue))
        #expect(await broker.publish([.text("from Swift", to: queue)]) == [.confirmed])
      }
      if !pythonFirst { try await python() }
      #expect(logs.lines(from: .warning).isEmpty, "\(logs.text)")
      try await client.declareLikeDramatiq(queue)
      #expect(try await client.ready(queue) == 2)
      for name in [queue, "\(queue).DQ", "\(queue).XQ"] { #expect(try await client.figures(name) != nil) }
    }
  }

  /// The first attempt fails in Swift, its retry is run by a dramatiq worker.
  @Test func swiftRetryIsRunByPython() async throws {
    let url = try await TestBroker.url()
    try await withQueue("retry-py") { queue, client in
      let message = WireMessage(
        queue: queue, actor: "fail", args: "[1]", options: "{\"min_backoff\":500,\"max_backoff\":1000}")
      let failures = Seen<Int>()
      let hold = Gate()
      try await withWorker(url) { system in
        system.actor("fail", queue: queue) { (_: Int) in
          failures.add(1)
          try await hold.pass()
          throw Failure()
        }
      } _: { worker in
        try await client.publish(text: message.text, to: queue)
        try await eventually("it runs") { failures.count == 1 }
        // It fails when the worker takes no message any more: the retry is for the other side.
        worker.stop()
        try await eventually("nobody consumes") { try await client.figures(queue)?.consumers == 0 }
        hold.open()
      }
      try await PythonPeer.withWorker(on: queue, at: url) { journal in
        try await eventually("Python ran the retry") { try journal.runs[message.id] == 1 }
        #expect(try journal.entries.map(\.attempt) == [2])
      }
      #expect(failures.count == 1)
      for name in [queue, "\(queue).DQ", "\(queue).XQ"] { #expect(try await client.takeAll(name).isEmpty) }
    }
  }

  /// The first attempts fail in dramatiq, its retry (on `q.DQ`) is run here.
  @Test func pythonRetryIsRunBySwift() async throws {
    let url = try await TestBroker.url()
    try await withQueue("retry-swift") { queue, client in
      let message = WireMessage(
        queue: queue, actor: "fail", args: "[9]", options: "{\"min_backoff\":8000,\"max_backoff\":16000}")
      try await client.declareLikeDramatiq(queue)
      try await PythonPeer.withWorker(on: queue, at: url) { journal in
        try await client.publish(text: message.text, to: queue)
        try await eventually("it failed in Python") { try journal.entries.count == 1 }
      }
      let attempts = Seen<String>()
      try await withWorker(url) { system in
        system.add(
          ActorDefinition(name: "fail", options: ActorOptions(queue: queue)) { context in
            let traceback = context.message.options.string("traceback") ?? ""
            attempts.add("\(context.attempt) \(context.message.id) \(traceback.contains("RuntimeError"))")
            return nil
          })
      } _: { _ in
        try await eventually("Swift ran the retry") { attempts.count == 1 }
      }
      #expect(attempts.all == ["2 \(message.id) true"])
      for name in [queue, "\(queue).DQ", "\(queue).XQ"] { #expect(try await client.takeAll(name).isEmpty) }
    }
  }

  /// A pipeline that Python starts goes through a Swift queue and ends on Python's queue again.
  @Test func pipelineCrossesLanguages() async throws {
    let url = try await TestBroker.url()
    try await withQueue("pipe-py") { python, _ in
      try await withQueue("pipe-swift") { swift, client in
        try await withWorker(url) { system in
          system.actor("double", queue: swift) { (value: Int, sum: Int) -> Int in value * 2 + sum }
        } _: { _ in
          try await PythonPeer.withWorker(on: python, at: url) { journal in
            func step(_ queue: String, _ actor: String, _ args: String) -> String {
              "{\"queue\":\"\(queue)\",\"actor\":\"\(actor)\",\"args\":\(args)}"
            }
            let steps = [
              step(python, "add", "[1,2]"), step(swift, "double", "[10]"), step(python, "collect", "[\"end\"]"),
            ]
            let order = "{\"pipeline\":[\(steps.joined(separator: ","))]}"
            let sent = try await PythonPeer.send([order], to: url)
            let entries = try await eventually("the last step ran") {
              let entries = try journal.arguments
              return entries.contains { $0.actor == "collect" } ? entries : nil
            }
            #expect(entries.first { $0.actor == "add" }?.id == sent.first?.id)
            #expect(entries.first { $0.actor == "collect" }?.args == [.string("end"), .number("23")])
          }
        }
        #expect(try await client.takeAll("\(swift).XQ").isEmpty)
      }
    }
  }

  /// A pipeline that Swift starts, through Python, and back.
  @Test func swiftPipelineThroughPython() async throws {
    let url = try await TestBroker.url()
    let results = Seen<Int>()
    try await withQueue("pipe-py") { python, _ in
      try await withQueue("pipe-swift") { swift, _ in
        try await withWorker(url) { system in
          system.actor("start", queue: swift) { (value: Int) -> Int in value + 1 }
          system.actor("finish", queue: swift) { (value: Int) in results.add(value) }
        } _: { _ in
          try await PythonPeer.withWorker(on: python, at: url) { _ in
            let steps: [any PipelineStep] = [
              Message(queueName: swift, actorName: "start", arguments: try JSONText(encoding: [1])),
              Message(queueName: python, actorName: "add", arguments: try JSONText(encoding: [40])),
              Message(queueName: swift, actorName: "finish"),
            ]
            try await withBroker(url) { broker in
              let sender = try sender(broker)
              for outgoing in try Pipeline(steps).outgoing(delay: nil) { try await sender.send(outgoing) }
            }
            try await eventually("the pipeline ended") { results.all == [42] }
          }
        }
      }
    }
  }

  /// Dead letters of both sides stand in the same queue: the body is the delivered one, byte for byte.
  @Test func deadLettersOfBothSides() async throws {
    let url = try await TestBroker.url()
    try await withQueue("dead") { queue, client in
      let ours = WireMessage(queue: queue, actor: "reject", options: "{\"max_retries\":0,\"note\":\"\\u00e9\"}")
      try await withWorker(url) { system in
        system.actor("reject", queue: queue) { throw Failure() }
      } _: { _ in
        try await client.publish(text: ours.text, to: queue)
        try await eventually("ours is a dead letter") { try await client.ready("\(queue).XQ") == 1 }
      }
      let theirs = WireMessage(queue: queue, actor: "reject", options: "{\"note\":2}")
      try await PythonPeer.withWorker(on: queue, at: url) { _ in
        try await client.publish(text: theirs.text, to: queue)
        try await eventually("theirs is one") { try await client.ready("\(queue).XQ") == 2 }
      }
      let letters = try await client.takeAll("\(queue).XQ")
      #expect(letters.map(\.text) == [ours.text, theirs.text])
      #expect(letters.first?.properties.headers?["x-troupe-reason"]?.text == "max_retries")
      #expect(letters.last?.properties.headers?["x-death"]?.elements?.count == 1)
    }
  }
}
