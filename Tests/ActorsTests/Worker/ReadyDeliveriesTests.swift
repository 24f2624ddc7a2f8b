import Testing

@testable import Actors

@Suite("Deliveries wait in a fair order")
struct ReadyDeliveriesTests {
  private func delivery(_ queue: String, _ tag: UInt64, actor: String = "usual", generation: UInt32 = 1) -> Delivery {
    Delivery(
      queue: queue, body: .bytes(Message(queueName: queue, actorName: actor).encoded()),
      receipt: Delivery.Receipt(generation: generation, tag: tag))
  }

  private func drain(_ ready: inout ReadyDeliveries) -> [UInt64] {
    var tags: [UInt64] = []
    while let delivery = ready.popFirst() { tags.append(delivery.receipt.tag) }
    return tags
  }

  @Test("First come, first served within a queue")
  func fifo() {
    var ready = ReadyDeliveries(queues: ["a"])
    for tag in 1...50 { ready.insert(delivery("a", UInt64(tag))) }
    #expect(drain(&ready) == Array(1...50))
    #expect(ready.count == 0)
  }

  @Test("Some of a generation can be taken out, the others stay in order")
  func some() {
    var ready = ReadyDeliveries(queues: ["a", "b"], priorities: ["late": 10])
    for tag in 1...6 { ready.insert(delivery("a", UInt64(tag))) }
    ready.insert(delivery("a", 7, actor: "late"))
    ready.insert(delivery("b", 5, generation: 2))
    #expect(ready.remove([2, 5, 7, 9], of: 1).map(\.tag) == [2, 5, 7])
    #expect(ready.count == 5)
    #expect(ready.remove([1], of: 3).isEmpty)
    #expect(drain(&ready) == [1, 5, 3, 4, 6])
  }

  @Test("Queues are served in turn, however full one of them is")
  func turns() {
    var ready = ReadyDeliveries(queues: ["a", "b", "c"])
    for tag in 1...6 { ready.insert(delivery("a", UInt64(tag))) }
    ready.insert(delivery("c", 101))
    ready.insert(delivery("b", 201))
    ready.insert(delivery("b", 202))
    #expect(drain(&ready) == [1, 201, 101, 2, 202, 3, 4, 5, 6])
  }

  @Test("Lower priority values go first, and are fair among themselves")
  func priorities() {
    var ready = ReadyDeliveries(queues: ["a", "b"], priorities: ["late": 10, "early": -5])
    ready.insert(delivery("a", 1, actor: "late"))
    ready.insert(delivery("a", 2))
    ready.insert(delivery("b", 3, actor: "early"))
    ready.insert(delivery("a", 4, actor: "early"))
    ready.insert(delivery("b", 5, actor: "nobody knows it"))
    #expect(drain(&ready) == [4, 3, 2, 5, 1])
  }

  @Test("A body that cannot be read has the usual priority")
  func unreadable() {
    var ready = ReadyDeliveries(queues: ["a"], priorities: ["late": 1])
    ready.insert(delivery("a", 1, actor: "late"))
    ready.insert(
      Delivery(queue: "a", body: .bytes(Array("no message".utf8)), receipt: Delivery.Receipt(generation: 1, tag: 2)))
    #expect(drain(&ready) == [2, 1])
  }

  @Test("A lost channel takes its deliveries along, and no others")
  func revocation() {
    var ready = ReadyDeliveries(queues: ["a", "b"])
    ready.insert(delivery("a", 1))
    ready.insert(delivery("a", 2, generation: 2))
    ready.insert(delivery("b", 3))
    ready.removeAll(of: 1)
    #expect(ready.count == 1)
    #expect(drain(&ready) == [2])
  }

  @Test("A queue that nobody announced is served all the same")
  func unknownQueue() {
    var ready = ReadyDeliveries(queues: ["a"])
    ready.insert(delivery("b", 1))
    ready.insert(delivery("a", 2))
    #expect(Set(drain(&ready)) == [1, 2])
  }
}
