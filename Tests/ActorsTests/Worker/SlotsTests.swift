import Synchronization
import TestSupport
import Testing

@testable import Actors

@Suite("The slots of a worker")
struct SlotsTests {
  /// Keeps nothing alive.
  private struct Reference {
    weak var slots: Slots?
  }

  @Test("Slots that were stopped are freed, though each of them knows all of them")
  func release() async throws {
    let executor = ThreadPoolExecutor(threads: 2, name: "t-slots")
    let started = Tally()
    let reference = Lock(Reference())
    func start() -> Slots {
      let slots = Slots(concurrency: 4, executor: executor)
      reference.withLock { $0.slots = slots }
      slots.start(alarms: Slots.Alarms(stuck: { _ in }, abandoned: { _ in })) { _ in started.add() }
      return slots
    }
    start().stop()
    try await eventually("all have run") { started.value == 4 }
    try await eventually("they are freed", within: .seconds(10)) { reference.withLock { $0.slots == nil } }
    executor.close()
  }
}
