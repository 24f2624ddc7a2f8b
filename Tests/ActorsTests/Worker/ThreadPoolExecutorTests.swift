import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Actors

@Suite("Threads for actors")
struct ThreadPoolExecutorTests {
  @Test("Tasks run, suspend and come back on the pool's threads")
  func preference() async {
    let pool = ThreadPoolExecutor(threads: 2, name: "t-pref")
    let task = Task(executorPreference: pool) { () -> Bool in
      let before = PoolThread.current?.executor === pool
      try? await Task.sleep(for: .milliseconds(1))
      return before && PoolThread.current?.executor === pool
    }
    #expect(await task.value)
    #expect(PoolThread.current == nil)
    pool.close()
  }

  @Test("Blocking code on all threads but one starves nobody")
  func blocking() async throws {
    let pool = ThreadPoolExecutor(threads: 3, name: "t-block")
    let release = Latch()
    let blocked = Tally()
    for _ in 0..<2 {
      Task(executorPreference: pool) {
        blocked.add()
        while !release.isOpen { usleep(1_000) }
      }
    }
    try await eventually("two threads are blocked") { blocked.value == 2 }
    let done = Tally()
    for _ in 0..<100 {
      Task(executorPreference: pool) {
        await Task.yield()
        done.add()
      }
    }
    try await eventually("everything else runs") { done.value == 100 }
    #expect(pool.threadCount <= 3)
    release.open()
    pool.close()
  }

  @Test("A pool whose only thread is held grows by one, and shrinks again")
  func growth() async throws {
    let pool = ThreadPoolExecutor(threads: 1, name: "t-grow")
    let release = Latch()
    let held = Tally()
    Task(executorPreference: pool) {
      held.add()
      while !release.isOpen { usleep(1_000) }
    }
    try await eventually("the thread is held") { held.value == 1 }
    pool.grow()
    let other = Task(executorPreference: pool) { 7 }
    #expect(await other.value == 7)
    release.open()
    pool.shrink()
    try await eventually("the pool is small again") { pool.threadCount <= 1 }
    pool.close()
  }

  @Test("A closed pool ends its threads, and still runs a late job")
  func closing() async throws {
    let pool = ThreadPoolExecutor(threads: 2, name: "t-close")
    await Task(executorPreference: pool) {}.value
    pool.close()
    try await eventually("no thread is left") { pool.threadCount == 0 }
    #expect(await Task(executorPreference: pool) { 7 }.value == 7)
    try await eventually("no thread is left again") { pool.threadCount == 0 }
  }

  @Test("Under fire every message is taken exactly once")
  func storm() async throws {
    let inbox = Inbox(queues: ["hand"])
    let pool = ThreadPoolExecutor(threads: 4, name: "t-storm", source: inbox)
    inbox.attach(pool)
    let taken = Tally()
    let sum = Tally()
    let slots = (0..<32).map { number in
      Task(executorPreference: pool) {
        var done: Inbox.Assignment?
        while let got = await inbox.take(after: done) {
          done = got
          taken.add()
          sum.add(Int(got.delivery.receipt.tag))
          if (Int(got.delivery.receipt.tag) + number) % 7 == 0 { await Task.yield() }
          if (Int(got.delivery.receipt.tag) + number) % 501 == 0 { usleep(200) }
        }
      }
    }
    let total: UInt64 = 20_000
    let body = Message(queueName: "hand", actorName: "usual").encoded()
    var tag: UInt64 = 1
    while tag <= total {
      let batch = (tag...min(tag + tag % 17, total)).map { Delivery.of(body, tag: $0) }
      inbox.deliver(batch)
      tag += UInt64(batch.count)
      if tag % 5 == 0 { await Task.yield() }
    }
    try await eventually("all are taken") { taken.value == Int(total) }
    inbox.close()
    for slot in slots { await slot.value }
    #expect(sum.value == Int(total * (total + 1) / 2))
    pool.close()
    inbox.attach(nil)
  }
}
