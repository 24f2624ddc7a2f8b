import Testing

@testable import Actors

@Suite("What an application says of itself")
struct SystemDescriptionTests {
  private var system: ActorSystem {
    var system = ActorSystem(middleware: [RetryAlways()])
    let options = ActorOptions(
      priority: 5, maxRetries: 3, throws: [ProbeError.self], timeLimit: .seconds(90), custom: ["colour": "red"])
    system.actor("second", queue: "b", options: options) { () in }
    system.actor("first", queue: "a", options: ActorOptions(maxRetries: .unlimited, timeLimit: .unlimited)) { () in }
    system.declare(QueueDeclaration("c", type: .quorum, maxPriority: 9))
    return system
  }

  @Test("As JSON")
  func json() throws {
    let value = JSONValue(try JSONText(validating: SystemDescription(system).json))
    #expect(value["schema"] == "troupe.describe/1")
    #expect(value["actors"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["first", "second"])
    #expect(value["actors"]?[0]?["options"]?["max_retries"] == JSONValue.null)
    let second = value["actors"]?[1]
    #expect(second?["queue"] == "b")
    #expect(second?["priority"] == 5)
    #expect(second?["options"]?["max_retries"] == 3)
    #expect(second?["options"]?["time_limit"] == 90_000)
    #expect(second?["options"]?["throws"] == ["ProbeError"])
    #expect(second?["options"]?["colour"] == "red")
    #expect(value["queues"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["a", "b", "c"])
    #expect(value["queues"]?[2]?["type"] == "quorum")
    #expect(value["queues"]?[2]?["max_priority"] == 9)
    #expect(value["middleware"] == ["RetryAlways"])
  }

  @Test("As a table")
  func table() {
    let table = SystemDescription(system).table
    #expect(
      table == """
        ACTOR   QUEUE  PRIORITY  OPTIONS
        first   a             0  max_retries=unlimited time_limit=unlimited
        second  b             5  max_retries=3 throws=ProbeError time_limit=1m30s colour=red

        QUEUE  TYPE     MAX PRIORITY
        a      classic             –
        b      classic             –
        c      quorum              9

        middleware, outermost first: RetryAlways
        """)
  }
}
