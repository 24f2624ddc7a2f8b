import TestSupport
import Testing

@testable import Actors

@Suite("The inbox gives every delivery to one slot")
struct InboxTests {
  private func delivery(_ tag: UInt64, generation: UInt32 = 1) -> Delivery {
    .of(Message(queueName: "hand", actorName: "usual"), tag: tag, generation: generation)
  }

  @Test("What has come is taken without waiting, in order")
  func ready() async {
    let inbox = Inbox(queues: ["hand"])
    inbox.deliver([delivery(1), delivery(2)])
    let first = await inbox.take(after: nil)
    let second = await inbox.take(after: first)
    #expect(first?.delivery.receipt.tag == 1)
    #expect(second?.delivery.receipt.tag == 2)
    #expect(inbox.busy == 1)
  }

  @Test("Waiting slots are resumed one by one by whoever pulls")
  func pulling() async throws {
    let inbox = Inbox(queues: ["hand"])
    let taken = EventLog()
    let slots = (0..<2).map { _ in
      Task { if let got = await inbox.take(after: nil) { taken.add("\(got.delivery.receipt.tag)") } }
    }
    try await eventually("both slots wait") { inbox.waitingSlots == 2 }
    inbox.deliver([delivery(1)])
    #expect(inbox.canStart)
    #expect(inbox.startOne())
    #expect(!inbox.startOne())
    inbox.close()
    for slot in slots { await slot.value }
    #expect(taken.all == ["1"])
  }

  @Test("Closing drops what has not started, ends the slots, and is idle when the last one is back")
  func closing() async {
    let inbox = Inbox(queues: ["hand"])
    inbox.deliver([delivery(1), delivery(2)])
    let taken = await inbox.take(after: nil)
    inbox.close()
    #expect(!inbox.idle.isOpen)
    #expect(await inbox.take(after: taken) == nil)
    #expect(inbox.idle.isOpen)
    inbox.deliver([delivery(3)])
    #expect(inbox.waitingDeliveries == 0)
  }

  @Test("What a lost channel had delivered does not start")
  func revocation() async {
    let inbox = Inbox(queues: ["hand"])
    inbox.deliver([delivery(1), delivery(2, generation: 2)])
    inbox.revoke(generation: 1)
    #expect(await inbox.take(after: nil)?.delivery.receipt.tag == 2)
  }

  @Test("A suspect waits for all others to end, and holds all others up")
  func suspects() async {
    let inbox = Inbox(queues: ["hand"])
    inbox.deliver([delivery(1), delivery(2), delivery(3)])
    let first = await inbox.take(after: nil)
    let second = await inbox.take(after: nil)
    inbox.setAside(delivery(2))
    inbox.deliver([delivery(4)])
    // The slot that set it aside comes back, but another one is still busy: nothing is given out.
    let waiting = Task { await inbox.take(after: second) }
    while inbox.busy > 1 { await Task.yield() }
    let suspect = await inbox.take(after: first)
    #expect(suspect?.isAlone == true)
    #expect(suspect?.delivery.receipt.tag == 2)
    #expect(!inbox.startOne(), "nothing is started beside a suspect")
    let next = await inbox.take(after: suspect)
    #expect(next?.isAlone == false)
    #expect(next?.delivery.receipt.tag == 3)
    while !inbox.startOne() { await Task.yield() }
    #expect(await waiting.value?.delivery.receipt.tag == 4)
  }
}

extension Inbox.Assignment: Equatable {
  static func == (left: Inbox.Assignment, right: Inbox.Assignment) -> Bool {
    left.delivery.receipt == right.delivery.receipt && left.isAlone == right.isAlone
  }
}
