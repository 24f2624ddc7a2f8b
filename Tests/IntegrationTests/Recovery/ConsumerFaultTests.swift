import Actors
import TestSupport
import Testing

/// What happens to a consumer that loses its queue, its channel, its connection or its broker.
@Suite struct ConsumerFaultTests {
  /// F15: the queue is deleted under its consumer. It is declared and consumed again; the neighbour notices nothing.
  @Test func deletedQueueIsConsumedAgain() async throws {
    let sink = RecordingSink()
    try await withQueue("f15") { queue, client in
      let neighbour = uniqueName("f15-neighbour")
      try await withBroker(TestBroker.url()) { broker in
        let queues = [QueueDeclaration(queue), QueueDeclaration(neighbour)]
        try await withConsumption(of: queues, on: broker, into: sink) { consumption in
          try await client.publish(text: "held by the neighbour", to: neighbour)
          let held = try await sink.delivery(of: "held by the neighbour")
          try await client.delete(queue)
          try await eventually("a consumer on the new queue") {
            try await client.figures(queue)?.consumers == 1
          }
          try await client.publish(text: "after", to: queue)
          let after = try await sink.delivery(of: "after")
          #expect(after.queue == queue)
          #expect(consumption.settle(after.receipt, .acknowledge))
          #expect(consumption.settle(held.receipt, .acknowledge), "the neighbour's channel is the old one")
          try await eventually("consuming") { consumption.state == .consuming }
        }
      }
      #expect(try await client.takeAll(neighbour).isEmpty)
      try await client.deleteAll(of: neighbour)
    }
  }

  /// An acknowledgement that no other joins leaves after a moment all the same, not with the next heartbeat.
  @Test func loneAcknowledgementLeavesSoon() async throws {
    let sink = RecordingSink()
    try await withQueue("lone") { queue, client in
      try await withBroker(TestBroker.url()) { broker in
        // A quarter of the prefetch, two, would leave at once.
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, prefetch: 8, into: sink) { consumption in
          #expect(await broker.publish((0..<28).map { .text("\($0)", to: queue) }).allSatisfy(\.isConfirmed))
          let start = ContinuousClock.now
          for settled in 0..<20 {
            try await eventually("eight unsettled") { sink.deliveries.count >= settled + 8 }
            #expect(consumption.settle(sink.deliveries[settled].receipt, .acknowledge))
          }
          try await eventually("all have come") { sink.deliveries.count == 28 }
          #expect(ContinuousClock.now - start < .seconds(30), "each waits for milliseconds, not for seconds")
          for delivery in sink.deliveries.dropFirst(20) { #expect(consumption.settle(delivery.receipt, .acknowledge)) }
        }
      }
      #expect(try await client.takeAll(queue).isEmpty)
    }
  }

  /// F17: somebody declared the queues with other arguments. The difference is told in a few lines, and work goes on.
  @Test func conflictingDeclarationIsReportedAndUsed() async throws {
    let sink = RecordingSink()
    let logs = LogCapture()
    try await withQueue("f17") { queue, client in
      try await client.declare(queue, arguments: ["x-max-priority": .int32(7)])
      try await client.declare("\(queue).XQ", arguments: ["x-message-ttl": .int32(1_234_000)])
      try await withBroker(TestBroker.url(), logs: logs) { broker in
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
          #expect(await broker.publish([.text("m", to: queue)]) == [.confirmed])
          let delivery = try await sink.delivery(of: "m")
          #expect(consumption.settle(delivery.receipt, .acknowledge))
        }
      }
      let reports = logs.lines(from: .warning).filter { $0.message.contains(queue) }
      let ofTheTTL = reports.filter { $0.message.contains("x-message-ttl") && $0.message.contains("1234000") }
      let ofTheMainQueue = reports.filter { $0.message.contains("queue \(queue) ") }
      #expect(!ofTheTTL.isEmpty)
      #expect(!ofTheMainQueue.isEmpty)
      for report in reports { #expect(report.message.split(separator: "\n").count <= 10) }
      #expect(reports.count <= 4, "each conflict once for each connection:\n\(logs.text)")
    }
  }

  /// F04, F55: the connection is reset while a delivery is held. Its receipt is stale then, and is never sent.
  @Test func resetConnectionMakesReceiptsStale() async throws {
    let proxy = try FaultProxy(to: try await TestBroker.port())
    defer { proxy.stop() }
    let sink = RecordingSink()
    try await withQueue("reset") { queue, client in
      try await withBroker("amqp://guest:guest@127.0.0.1:\(proxy.port)/%2F") { broker in
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
          try await client.publish(texts: ["a", "b"], to: queue)
          let (a, b) = (try await sink.delivery(of: "a"), try await sink.delivery(of: "b"))
          proxy.reset()
          try await eventually("both come again") { sink.deliveries.count { $0.redelivered } >= 2 }
          #expect(consumption.settle(a.receipt, .acknowledge) == false)
          #expect(consumption.settle(b.receipt, .acknowledge) == false)
          for delivery in sink.deliveries where delivery.redelivered {
            #expect(consumption.settle(delivery.receipt, .acknowledge))
          }
        }
        #expect(try await client.takeAll(queue).isEmpty, "settled by the new receipts")
      }
    }
  }

  /// F06 without a frozen broker: the network swallows everything in one direction. Heartbeats notice either.
  @Test(arguments: [FaultProxy.Direction.up, .down])
  func silentNetworkIsNoticed(direction: FaultProxy.Direction) async throws {
    let proxy = try FaultProxy(to: try await TestBroker.port())
    defer { proxy.stop() }
    let sink = RecordingSink()
    try await withQueue("silent") { queue, client in
      try await withBroker("amqp://guest:guest@127.0.0.1:\(proxy.port)/%2F") {
        $0.heartbeat = RabbitMQConfiguration.shortHeartbeat
      } _: { broker in
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
          proxy.treat(direction) { $0.isStalled = true }
          // The way up is watched by the broker, which then resets; the way down by us.
          try await eventually("the silence is noticed") { consumption.state != .consuming }
          proxy.heal()
          try await eventually("consuming again") { consumption.state == .consuming }
          try await client.publish(text: "after", to: queue)
          let after = try await sink.delivery(of: "after")
          #expect(consumption.settle(after.receipt, .acknowledge))
        }
      }
    }
  }

  /// What is done to the stream from the broker.
  enum Damage: Sendable, CaseIterable {
    case closedDown, closedUp, frameType, channel, hugeSize, sizeByOne, classNumber, methodNumber

    /// Which bit is flipped of the frame that comes next: type 1, channel 2, size 4, class 2, method 2 bytes.
    var bit: Int? {
      switch self {
      case .closedDown, .closedUp: nil
      case .frameType: 1
      case .channel: 2 * 8 + 4
      case .hugeSize: 3 * 8 + 5
      case .sizeByOne: 6 * 8
      case .classNumber: 8 * 8 + 3
      case .methodNumber: 10 * 8 + 1
      }
    }
  }

  /// A half-closed connection and flipped bits end in recovery, never in a wrong acknowledgement.
  @Test(arguments: Damage.allCases)
  func damagedStreamRecovers(damage: Damage) async throws {
    let proxy = try FaultProxy(to: try await TestBroker.port())
    defer { proxy.stop() }
    let sink = RecordingSink()
    try await withQueue("damage") { queue, client in
      try await withBroker("amqp://guest:guest@127.0.0.1:\(proxy.port)/%2F") {
        $0.heartbeat = RabbitMQConfiguration.shortHeartbeat
      } _: { broker in
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
          try await client.publish(text: "held", to: queue)
          _ = try await sink.delivery(of: "held")
          switch damage {
          case .closedDown: proxy.halfClose(.down)
          case .closedUp: proxy.halfClose(.up)
          default: proxy.flip(.down, bit: damage.bit ?? 0)
          }
          try await client.publish(texts: (0..<5).map { "m\($0)" }, to: queue)
          try await settleAll(["held", "m0", "m1", "m2", "m3", "m4"], sink, consumption)
        }
      }
      #expect(try await client.takeAll(queue).isEmpty)
    }
  }

  /// Settles whatever comes until every text has come and the deliveries have been still for longer than a recovery
  /// takes.
  private func settleAll(
    _ expected: Set<String>, _ sink: RecordingSink, _ consumption: any Consumption
  ) async throws {
    var settled: Set<Delivery.Receipt> = []
    var count = 0
    var lastNews = ContinuousClock.now
    try await eventually("everything is delivered and settled") {
      let deliveries = sink.deliveries
      if deliveries.count > count || consumption.state != .consuming { lastNews = .now }
      count = deliveries.count
      for delivery in deliveries where !settled.contains(delivery.receipt) {
        if consumption.settle(delivery.receipt, .acknowledge) { settled.insert(delivery.receipt) }
      }
      return expected.isSubset(of: sink.texts) && ContinuousClock.now - lastNews > .seconds(5)
    }
  }

  /// F51: the first broker of the list is dead.
  @Test func secondBrokerOfTheListIsUsed() async throws {
    let dead = try FreePort.next()
    let live = try await TestBroker.url()
    let sink = RecordingSink()
    try await withQueue("f51") { queue, client in
      try await withBroker("amqp://127.0.0.1:\(dead)/%2F,\(live)") { broker in
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
          #expect(await broker.publish([.text("m", to: queue)]) == [.confirmed])
          let delivery = try await sink.delivery(of: "m")
          #expect(consumption.settle(delivery.receipt, .acknowledge))
        }
      }
    }
  }

  /// F51: the broker in use dies, the other takes over.
  @Test func failoverMovesToTheOtherBroker() async throws {
    let proxy = try FaultProxy(to: try await TestBroker.port())
    defer { proxy.stop() }
    let live = try await TestBroker.url()
    let sink = RecordingSink()
    try await withQueue("f51") { queue, client in
      try await withBroker("amqp://guest:guest@127.0.0.1:\(proxy.port)/%2F;\(live)") { broker in
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
          #expect(proxy.open == 1)
          proxy.refuseNew()
          proxy.reset()
          try await eventually("consuming from the other") {
            let consumers = try await client.figures(queue)?.consumers
            return consumers == 1 && proxy.open == 0 && consumption.state == .consuming
          }
          #expect(await broker.publish([.text("m", to: queue)]) == [.confirmed])
          let delivery = try await sink.delivery(of: "m")
          #expect(consumption.settle(delivery.receipt, .acknowledge))
        }
      }
    }
  }
}
