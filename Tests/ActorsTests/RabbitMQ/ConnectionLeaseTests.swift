import Synchronization
import TestSupport
import Testing

@testable import Actors

@Suite("The lease of a connection")
struct ConnectionLeaseTests {
  /// Threads of which it is known whether one will come.
  private final class Threads: AttendingSink {
    private let isAtWork: Bool
    init(isAtWork: Bool) { self.isAtWork = isAtWork }
    func attach(_ intake: any DeliveryIntake) {}
    func willAttend() -> Bool { isAtWork }
    func deliver(_ batch: [Delivery]) {}
    func revoke(generation: UInt32) {}
  }

  private final class Keeper: Sendable {
    enum End: Equatable { case notLent, returned, failed(String) }
    private let end = Lock<End?>(nil)
    var ended: End? { end.withLock { $0 } }

    /// Leaves the connection to its visitors.
    init(leaving lease: ConnectionLease<String>, quiet: UInt64) {
      NamedThread.start("t-keeper") { [self] in
        var result = End.returned
        do throws(RabbitMQError) { try lease.leave(quiet: quiet) } catch { result = .failed(error.message) }
        end.withLock { $0 = result }
      }
    }

    init(_ lease: ConnectionLease<String>, _ threads: Threads, now: UInt64) {
      NamedThread.start("t-keeper") { [self] in
        var result: End
        do throws(RabbitMQError) {
          result = try lease.lend(now: now, to: threads) ? .returned : .notLent
        } catch { result = .failed(error.message) }
        end.withLock { $0 = result }
      }
    }
  }

  @Test("Nobody borrows what its keeper uses; while it waits one may")
  func borrowing() throws {
    let lease = ConnectionLease<String>()
    #expect(lease.borrow(onlyLent: false) == nil, "no connection")
    lease.serve("c")
    #expect(lease.borrow(onlyLent: false) == nil, "in use")
    lease.beginWait()
    #expect(lease.borrow(onlyLent: true) == nil, "not lent")
    #expect(lease.borrow(onlyLent: false) == "c")
    #expect(lease.borrow(onlyLent: false) == nil, "one at a time")
    lease.giveBack(now: 0)
    #expect(lease.borrow(onlyLent: false) == "c")
    lease.giveBack(now: 0)
    try lease.endWait()
    #expect(lease.borrow(onlyLent: false) == nil)
  }

  @Test("What a borrower meets is the keeper's to handle")
  func failure() {
    let lease = ConnectionLease<String>()
    lease.serve("c")
    lease.beginWait()
    _ = lease.borrow(onlyLent: false)
    lease.giveBack(now: 0, RabbitMQError(.connectionLost, "gone"))
    #expect(lease.borrow(onlyLent: false) == nil, "lost is lost")
    #expect(throws: RabbitMQError.self) { try lease.endWait() }
  }

  @Test("A lent connection comes back by a recall, after the borrower")
  func recall() async throws {
    let lease = ConnectionLease<String>()
    lease.serve("c")
    let keeper = Keeper(lease, Threads(isAtWork: true), now: 0)
    try await eventually("lent") { lease.isLent }
    #expect(lease.borrow(onlyLent: true) == "c")
    lease.recall()
    #expect(keeper.ended == nil, "somebody is in it")
    lease.giveBack(now: 0)
    try await eventually("returned") { keeper.ended == .returned }
    #expect(!lease.isLent)
    #expect(lease.borrow(onlyLent: true) == nil)
  }

  @Test("A borrower's failure ends the lease")
  func failureEndsLease() async throws {
    let lease = ConnectionLease<String>()
    lease.serve("c")
    let keeper = Keeper(lease, Threads(isAtWork: true), now: 0)
    try await eventually("lent") { lease.isLent }
    _ = lease.borrow(onlyLent: true)
    lease.giveBack(now: 0, RabbitMQError(.connectionLost, "gone"))
    try await eventually("failed") { keeper.ended == .failed("gone") }
  }

  @Test("It is not lent when nobody will come")
  func nobody() async throws {
    let lease = ConnectionLease<String>()
    lease.serve("c")
    let keeper = Keeper(lease, Threads(isAtWork: false), now: 0)
    try await eventually("back at once") { keeper.ended == .notLent }
    #expect(!lease.isLent)
  }

  @Test("Left alone for too long it is recalled, and not lent again for a while")
  func neglect() async throws {
    let lease = ConnectionLease<String>()
    lease.serve("c")
    let threads = Threads(isAtWork: true)
    let keeper = Keeper(lease, threads, now: 1_000)
    try await eventually("lent") { lease.isLent }
    let patience = ConnectionLease<String>.patience
    lease.recallIfNeglected(now: 1_000 + patience - 1)
    #expect(lease.isLent && keeper.ended == nil)
    _ = lease.borrow(onlyLent: true)
    lease.recallIfNeglected(now: 1_000 + 10 * patience)
    #expect(keeper.ended == nil, "somebody is there")
    lease.giveBack(now: 1_000 + 10 * patience)
    lease.recallIfNeglected(now: 1_000 + 11 * patience)
    try await eventually("returned") { keeper.ended == .returned }
    lease.clearRecall()
    let soon = Keeper(lease, threads, now: 1_000 + 12 * patience)
    try await eventually("no trust") { soon.ended == .notLent }
    let later = Keeper(lease, threads, now: 1_000 + 1_000 * patience)
    try await eventually("lent again") { lease.isLent }
    lease.abandon()
    try await eventually("abandoned") { later.ended == .returned }
    lease.clearRecall()
    let never = Keeper(lease, threads, now: .max)
    try await eventually("never again") { never.ended == .notLent }
  }

  @Test("Left to its visitors it stays so while they come, and comes back when none has come for a while")
  func left() async throws {
    let lease = ConnectionLease<String>()
    lease.serve("c")
    let keeper = Keeper(leaving: lease, quiet: 200_000_000)
    try await eventually("left", every: .milliseconds(1)) { lease.isLent || keeper.ended != nil }
    let end = MonotonicClock.now &+ 500_000_000
    var lastVisit = MonotonicClock.now
    try await eventually("over", every: .milliseconds(1)) {
      if lease.borrow(onlyLent: true) != nil {
        lastVisit = MonotonicClock.now
        lease.giveBack(now: lastVisit)
      }
      return MonotonicClock.now >= end || keeper.ended != nil
    }
    try await eventually("back") { keeper.ended == .returned }
    #expect(MonotonicClock.now &- lastVisit >= 200_000_000, "not while somebody came")
    #expect(!lease.isLent && lease.borrow(onlyLent: false) == nil, "the keeper has it")
  }

  @Test("Left to its visitors it comes back with a recall, after whoever is inside")
  func leftAndRecalled() async throws {
    let lease = ConnectionLease<String>()
    lease.serve("c")
    let keeper = Keeper(leaving: lease, quiet: 3_600_000_000_000)
    try await eventually("inside") { lease.borrow(onlyLent: true) != nil }
    lease.recall()
    #expect(keeper.ended == nil, "somebody is in it")
    lease.giveBack(now: MonotonicClock.now)
    try await eventually("back") { keeper.ended == .returned }
    let recalled = Keeper(leaving: lease, quiet: 3_600_000_000_000)
    try await eventually("not left: the recall has not been taken up") { recalled.ended == .returned }
  }

  @Test("Left to its visitors it comes back with what one of them met")
  func leftAndLost() async throws {
    let lease = ConnectionLease<String>()
    lease.serve("c")
    let keeper = Keeper(leaving: lease, quiet: 3_600_000_000_000)
    try await eventually("inside") { lease.borrow(onlyLent: true) != nil }
    lease.giveBack(now: MonotonicClock.now, RabbitMQError(.connectionLost, "gone"))
    try await eventually("failed") { keeper.ended == .failed("gone") }
  }
}
