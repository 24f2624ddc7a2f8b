import Glibc
import TestSupport
import Testing

/// The harness itself: a fault that is not injected, or an oracle that is wrong, would make every other test worthless.
@Suite struct HarnessTests {
  @Test func rawClientTellsTheTruth() async throws {
    let client = try await TestBroker.client()
    let queue = uniqueName("harness")
    try await client.declareLikeDramatiq(queue)
    var properties = WireProperties(headers: ["a": .int32(5), "t": .table(["x": .array([.bool(true), .null])])])
    properties.priority = 3
    let body = [UInt8](repeating: 65, count: 300_000)
    #expect(try await client.publish(body, to: queue, properties) == .confirmed)
    let held = try await client.take(queue, acknowledge: false)
    #expect(held?.properties == properties)
    #expect(held?.body == body)
    try await client.release()
    #expect(try await client.take(queue)?.redelivered == true)
    #expect(try await client.publish(body, to: uniqueName("missing")) == .returned)
    #expect(try await client.figures(uniqueName("missing")) == nil)
    await #expect(throws: BrokerRefusal.self) { try await client.declare(queue) }
    try await client.publish(texts: (0..<500).map { "message \($0)" }, to: queue)
    #expect(try await client.takeAll(queue).map(\.text) == (0..<500).map { "message \($0)" })
    try await client.deleteAll(of: queue)
    await client.close()
  }

  @Test func proxyInjectsItsFaults() async throws {
    let proxy = try FaultProxy(to: try await TestBroker.port())
    defer { proxy.stop() }
    let url = "amqp://guest:guest@127.0.0.1:\(proxy.port)/%2F"
    let queue = uniqueName("harness")
    let client = try await RawClient.connect(url)
    try await client.declareLikeDramatiq(queue)
    try await client.publish(text: "through", to: queue)
    #expect(proxy.open == 1)
    proxy.reset()
    await #expect(throws: (any Error).self) { try await client.publish(text: "reset", to: queue) }
    await client.close()

    let second = try await RawClient.connect(url)
    proxy.cut(.up, after: 50)
    await #expect(throws: (any Error).self) { try await second.publish(text: "cut in the middle", to: queue) }
    await second.close()
    try await RawClient.with(url) { client in
      #expect(try await client.takeAll(queue).map(\.text) == ["through"])
      try await client.deleteAll(of: queue)
    }
    proxy.treat(.down) { $0.delay = .milliseconds(100) }
    let start = ContinuousClock.now
    try await RawClient.with(url) { _ in }
    #expect(ContinuousClock.now - start >= .milliseconds(300))
    try await eventually("every connection closed") { proxy.open == 0 }
  }

  @Test func scriptedBrokerFollowsItsScript() async throws {
    let broker = try ScriptedBroker { connection in
      try connection.handshake()
      var behaviour = ScriptedBehaviour()
      behaviour.publish = { $1.tag % 2 == 0 ? try $0.refuse($1) : try $0.confirm($1) }
      try connection.serve(behaviour)
    }
    defer { broker.stop() }
    try await RawClient.with(broker.url) { client in
      try await client.declare("any")
      #expect(try await client.publish([1], to: "any") == .confirmed)
      #expect(try await client.publish([1], to: "any") == .refused)
    }
  }

  @Test func processesEndWithTheirSession() async throws {
    let process = try LaunchedProcess("/bin/bash", ["-c", "sleep 100 & sleep 100 & echo hello; pwd; wait"], in: "/tmp")
    try await eventually("three processes") { process.members.count == 3 && process.output.contains("hello\n/tmp") }
    await process.end()
    #expect(try await process.waitForExit() == .signal(SIGKILL))
    #expect(process.members.isEmpty)
    #expect(try await run("/bin/sh", ["-c", "exit 7"]).exit == .code(7))
  }
}
