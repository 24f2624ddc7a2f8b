import Actors
import Middleware
import Synchronization
import TestSupport
import Testing

/// The two ways in which dramatiq loses messages, shown absent.
@Suite struct DramatiqLossTests {
  /// dramatiq, after a reconnect, acknowledges by a tag of the old connection, and hits another message: A, B and C are
  /// queued, prefetch 2, the connection is cut while B runs; at B's end the broker removes C, which has not run.
  @Test func acknowledgementAfterReconnectHitsNoOtherMessage() async throws {
    let proxy = try FaultProxy(to: try await TestBroker.port())
    defer { proxy.stop() }
    let runs = Seen<String>()
    let (holdB, holdC) = (Gate(), Gate())
    try await withQueue("wrong-tag") { queue, client in
      try await withWorker(
        "amqp://guest:guest@127.0.0.1:\(proxy.port)/%2F", .test(concurrency: 1, prefetch: 2, drainTimeout: .zero)
      ) { system in
        system.actor("step", queue: queue) { (name: String) in
          runs.add(name)
          if name == "B" { try await holdB.pass() }
          if name == "C" { try await holdC.pass() }
        }
      } _: { worker in
        for name in ["A", "B", "C"] {
          try await client.publish(
            text: WireMessage(queue: queue, actor: "step", args: "[\"\(name)\"]").text, to: queue)
        }
        try await eventually("B runs") { runs.all.contains("B") }
        // C has been handed out: the prefetch is 2, so A's acknowledgement is with the broker.
        try await eventually("C is handed out") { try await client.ready(queue) == 0 }
        proxy.refuseNew()
        proxy.reset()
        try await eventually("the loss is noticed") { worker.status.state != .consuming }
        proxy.heal()
        try await eventually("a new connection") { worker.status.state == .consuming }
        holdB.open()
        try await eventually("C runs") { runs.all.contains("C") }
        // C is running and must not have been acknowledged; the worker now stops without letting it end.
      }
      let left = try await client.waitFor(queue)
      #expect(left.text.contains("\"C\""), "C is back on its queue")
      #expect(left.redelivered)
      #expect(try await client.takeAll(queue).isEmpty)
      #expect(runs.all == ["A", "B", "C"], "B ran once although it was delivered twice")
    }
  }

  /// A message that ends while the connection is away is acknowledged when it comes again, and not run again.
  @Test func messageThatEndedWhileDisconnectedIsNotRunAgain() async throws {
    let proxy = try FaultProxy(to: try await TestBroker.port())
    defer { proxy.stop() }
    let runs = Seen<String>()
    let hold = Gate()
    try await withQueue("ended") { queue, client in
      try await withWorker("amqp://guest:guest@127.0.0.1:\(proxy.port)/%2F") { system in
        system.actor("step", queue: queue) { (name: String) in
          try await hold.pass()
          runs.add(name)
        }
      } _: { worker in
        for name in ["A", "B"] {
          try await client.publish(
            text: WireMessage(queue: queue, actor: "step", args: "[\"\(name)\"]").text, to: queue)
        }
        try await eventually("both run") { worker.figures.running == 2 }
        proxy.refuseNew()
        proxy.reset()
        try await eventually("the loss is noticed") { worker.status.state != .consuming }
        hold.open()
        try await eventually("both end") { runs.count == 2 }
        proxy.heal()
        try await eventually("consuming again") { worker.status.state == .consuming }
        try await client.publish(text: WireMessage(queue: queue, actor: "step", args: "[\"C\"]").text, to: queue)
        try await eventually("the next one runs") { runs.all.contains("C") }
      }
      #expect(runs.all.sorted() == ["A", "B", "C"])
      #expect(try await client.takeAll(queue).isEmpty)
    }
  }

  /// What must be confirmed before a delivery is acknowledged (R1).
  enum FollowUp: String, CaseIterable, Sendable {
    case retry, deadLetter, pipeline, onSuccess, onFailure

    /// The message that makes the worker publish it.
    func message(on queue: String) -> WireMessage {
      var message = WireMessage(queue: queue, actor: "work", args: "[\(self == .retry || self == .deadLetter ? 1 : 0)]")
      let next = WireMessage(queue: queue, actor: "next").text
      switch self {
      case .retry: message.options = "{\"min_backoff\":100,\"max_backoff\":100}"
      case .deadLetter: message.options = "{\"max_retries\":0}"
      case .pipeline: message.options = "{\"pipe_target\":\(next)}"
      case .onSuccess: message.options = "{\"on_success\":\"next\"}"
      case .onFailure:
        message.args = "[1]"
        message.options = "{\"on_failure\":\"next\",\"max_retries\":0}"
      }
      return message
    }
  }

  private struct Script {
    var isRefusing = true
    var refused = 0
    /// What the server saw, in order: `refused`, `confirmed`, `settled`.
    var events: [String] = []
  }

  /// dramatiq acknowledges a message whose retry (or next step, or callback) could not be published. Here the broker
  /// refuses every publish for a while: nothing is acknowledged until it confirms.
  @Test(arguments: FollowUp.allCases)
  func failedPublishAcknowledgesNothing(followUp: FollowUp) async throws {
    let script = Lock(Script())
    let message = followUp.message(on: "work")
    let server = try ScriptedBroker { connection in
      try connection.handshake()
      var behaviour = ScriptedBehaviour()
      behaviour.consume = { connection, consumer in
        guard consumer.queue == "work" else { return }
        try connection.deliver(
          Array(message.text.utf8), tag: 1, consumer: consumer.tag, channel: consumer.channel, queue: "work")
      }
      behaviour.publish = { connection, publish in
        let refuses = script.withLock { script in
          script.events.append(script.isRefusing ? "refused" : "confirmed")
          if script.isRefusing { script.refused += 1 }
          return script.isRefusing
        }
        if refuses { try connection.refuse(publish) } else { try connection.confirm(publish) }
      }
      behaviour.settle = { _, frame in script.withLock { $0.events.append("settled") } }
      try connection.serve(behaviour)
    }
    defer { server.stop() }
    try await withWorker(server.url) { system in
      system.actor("work", queue: "work") { (fails: Int) -> Int in
        if fails == 1 { throw Failure() }
        return 5
      }
      system.actor("next", queue: "work") { (_: JSONValue) in }
    } _: { worker in
      try await eventually("refused several times") { script.withLock { $0.refused >= 4 } }
      #expect(script.withLock { !$0.events.contains("settled") }, "acknowledged although nothing was confirmed")
      script.withLock { $0.isRefusing = false }
      try await eventually("settled") { script.withLock { $0.events.contains("settled") } }
      let events = script.withLock { $0.events }
      let wanted = followUp == .onFailure ? 2 : 1
      #expect(events.prefix { $0 != "settled" }.count { $0 == "confirmed" } >= wanted, "\(events)")
      #expect(events.count { $0 == "settled" } == 1)
    }
  }

  private struct Failure: Error {}
}
