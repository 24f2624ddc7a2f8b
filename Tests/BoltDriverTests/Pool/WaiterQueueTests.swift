import Testing

@testable import BoltDriver

@Suite("The line of those who wait")
struct WaiterQueueTests {
  private let start = Duration.seconds(5)

  private func waiter(_ id: UInt64, due seconds: Int) -> WaiterQueue<Int>.Waiter {
    WaiterQueue<Int>.Waiter(id: id, request: Int(id), since: start, deadline: start + .seconds(seconds))
  }

  @Test("First come, first served, whatever the deadlines")
  func order() {
    var queue = WaiterQueue<Int>()
    for (id, due) in [(1, 30), (2, 10), (3, 20)] { queue.append(waiter(UInt64(id), due: due)) }
    #expect(queue.nextDeadline() == start + .seconds(10))
    #expect(queue.popFirst()?.request == 1)
    #expect(queue.remove(2)?.request == 2)
    #expect(queue.remove(2) == nil)
    #expect(queue.nextDeadline() == start + .seconds(20))
    #expect(queue.popFirst()?.request == 3 && queue.isEmpty && queue.popFirst() == nil)
    #expect(queue.nextDeadline() == nil)
  }

  @Test("The expired leave in the order of their deadlines, those exactly due included")
  func expiry() {
    var queue = WaiterQueue<Int>()
    for (id, due) in [(1, 30), (2, 10), (3, 20), (4, 10)] { queue.append(waiter(UInt64(id), due: due)) }
    var expired: [Int] = []
    while let waiter = queue.popExpired(by: start + .seconds(20)) { expired.append(waiter.request) }
    #expect(expired == [2, 4, 3] && queue.count == 1)
  }

  @Test("Only those who came before a number are taken")
  func before() {
    var queue = WaiterQueue<Int>()
    for id in [1, 2, 5] { queue.append(waiter(UInt64(id), due: 1)) }
    #expect(queue.remove(1) != nil)
    #expect(queue.popAll(wanting: nil, before: 4).map(\.request) == [2])
    #expect(queue.popAll(wanting: nil, before: 4).isEmpty)
    #expect(queue.count == 1)
  }

  @Test("All of one login are taken in one walk, whoever is between them, and no others")
  func allOfOneLogin() {
    var queue = WaiterQueue<Int>()
    let (mine, other) = (AuthToken.basic("a", password: "x"), AuthToken.basic("b", password: "x"))
    for id in UInt64(1)...10_000 {
      var one = waiter(id, due: 1)
      one.token = id.isMultiple(of: 2) ? mine : other
      queue.append(one)
    }
    #expect(queue.popAll(wanting: mine, before: 9_001).map(\.request) == Array(stride(from: 2, to: 9_001, by: 2)))
    #expect(queue.count == 5_500 && queue.firstToken == other)
    #expect(queue.popAll(wanting: nil, before: .max).count == 5_500)
    #expect(queue.isEmpty && queue.firstToken == nil)
  }

  @Test("20,000 who come and are cancelled while one stays cost no time and leave nothing")
  func churn() {
    var queue = WaiterQueue<Int>()
    queue.append(waiter(0, due: 1))
    for id in 1...20_000 {
      queue.append(waiter(UInt64(id), due: id))
      #expect(queue.remove(UInt64(id)) != nil)
    }
    #expect(queue.count == 1 && queue.popFirst()?.request == 0 && queue.popFirst() == nil)
  }
}
