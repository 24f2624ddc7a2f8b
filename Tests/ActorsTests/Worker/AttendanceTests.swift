import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Actors

@Suite("Threads that wait where the work comes in")
struct AttendanceTests {
  /// An intake that delivers what it is told to.
  private final class HandIntake: DeliveryIntake {
    private struct State {
      var isLent = true
      var isAbandoned = false
      var visitors = 0
      var signals = 0
      var checks = 0
      var waiting: [Delivery] = []
      var attendedBy: [Bool] = []
    }

    private let state = Monitor(State())
    private let inbox: Inbox

    init(_ inbox: Inbox) { self.inbox = inbox }

    func attend(until isNeeded: () -> Bool) -> Bool {
      let isOpen = state.withLock { state in
        guard state.isLent, !state.isAbandoned else { return false }
        state.visitors += 1
        state.attendedBy.append(PoolThread.current != nil)
        return true
      }
      guard isOpen else { return false }
      while true {
        let batch = state.withLock { state in
          defer { state.waiting = [] }
          return state.waiting
        }
        if !batch.isEmpty { inbox.deliver(batch) }
        if isNeeded() { break }
        state.wait(
          until: { $0.signals == 0 && $0.waiting.isEmpty && !$0.isAbandoned ? .max : nil }, after: { $0.signals = 0 })
        if state.withLock({ $0.isAbandoned }) { break }
      }
      state.withLock { $0.visitors -= 1 }
      return true
    }

    func interrupt() {
      state.withLock { $0.signals += 1 }
      state.signal()
    }

    func comeIn(_ batch: [Delivery]) {
      state.withLock { $0.waiting += batch }
      state.signal()
    }

    var isLent: Bool { state.withLock { $0.isLent } }
    func check(now: UInt64) { state.withLock { $0.checks += 1 } }
    func abandon() {
      state.withLock { $0.isAbandoned = true }
      state.signal()
    }

    var visitors: Int { state.withLock { $0.visitors } }
    var checks: Int { state.withLock { $0.checks } }
    var isAbandoned: Bool { state.withLock { $0.isAbandoned } }
    var attendedOnlyByPool: Bool { state.withLock { $0.attendedBy.allSatisfy(\.self) } }
  }

  /// A pool with one slot that counts, and with a place that its threads attend.
  private func withPool(
    threads: Int, _ body: (ThreadPoolExecutor, HandIntake, Tally) async throws -> Void
  ) async throws {
    let inbox = Inbox(queues: ["hand"])
    let pool = ThreadPoolExecutor(threads: threads, name: "t-attend", source: inbox)
    inbox.attach(pool)
    let intake = HandIntake(inbox)
    pool.attach(intake)
    let taken = Tally()
    let slot = Task(executorPreference: pool) {
      var done: Inbox.Assignment?
      while let got = await inbox.take(after: done) {
        done = got
        taken.add()
      }
    }
    try await body(pool, intake, taken)
    inbox.close()
    await slot.value
    pool.close()
    inbox.attach(nil)
    try await eventually("no thread is left") { pool.threadCount == 0 }
    #expect(intake.isAbandoned && intake.visitors == 0)
  }

  private func delivery(_ tag: UInt64) -> Delivery {
    Delivery.of(Message(queueName: "hand", actorName: "usual").encoded(), tag: tag)
  }

  @Test("The thread without work takes what comes in, without another one")
  func attendance() async throws {
    try await withPool(threads: 2) { pool, intake, taken in
      try await eventually("somebody is there") { intake.visitors == 1 }
      for tag in 1...50 as ClosedRange<UInt64> {
        intake.comeIn([delivery(tag)])
        try await eventually("taken") { taken.value == Int(tag) }
      }
      #expect(intake.attendedOnlyByPool)
      #expect(intake.visitors <= 1)
    }
  }

  @Test("A job from elsewhere calls the only thread from the intake")
  func interruption() async throws {
    try await withPool(threads: 1) { pool, intake, _ in
      for number in 0..<50 {
        try await eventually("somebody is there") { intake.visitors == 1 }
        #expect(await Task(executorPreference: pool) { number }.value == number)
      }
      #expect(pool.threadCount == 1)
    }
  }

  @Test("While its threads are held the intake is checked by the timer, and goes on being checked")
  func neglect() async throws {
    try await withPool(threads: 1) { pool, intake, taken in
      try await eventually("somebody is there") { intake.visitors == 1 }
      let release = Latch()
      let held = Tally()
      Task(executorPreference: pool) {
        held.add()
        while !release.isOpen { usleep(1_000) }
      }
      try await eventually("the thread is held") { held.value == 1 }
      #expect(pool.expectAttendance(), "a thread at work will come")
      try await eventually("checked") { intake.checks >= 10 }
      release.open()
      try await eventually("somebody is there again") { intake.visitors == 1 }
      #expect(!pool.expectAttendance(), "nobody is at work")
      intake.comeIn([delivery(1)])
      try await eventually("taken") { taken.value == 1 }
    }
  }
}
