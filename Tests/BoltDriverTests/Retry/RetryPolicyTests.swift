import Synchronization
import Testing

@testable import BoltDriver

@Suite("Managed transactions are run again by the official rules")
struct RetryPolicyTests {
  private let transient = BoltError(ServerFailure(code: "Neo.TransientError.General.Busy", message: "x"))
  private let start = Duration.seconds(77)

  @Test("The pauses double from one second and differ by a fifth at most")
  func pauses() throws {
    var chance = SeededGenerator(seed: 7)
    var seen: Set<Duration> = []
    for _ in 0..<200 {
      var schedule = RetrySchedule(RetryPolicy())
      for expected in [1.0, 2, 4, 8, 16] {
        let pause = try #require(schedule.pause(after: transient, now: start, using: &chance))
        #expect(pause >= .seconds(expected * 0.8) && pause <= .seconds(expected * 1.2))
        seen.insert(pause)
      }
      #expect(schedule.failures == 5)
    }
    #expect(seen.count > 900, "chance plays its part")
  }

  @Test("The time that is left counts from the first failure")
  func limit() {
    var chance = SeededGenerator(seed: 1)
    var schedule = RetrySchedule(RetryPolicy(maximumRetryTime: .seconds(10)))
    let first = start + .seconds(500)
    #expect(schedule.pause(after: transient, now: first, using: &chance) != nil)
    #expect(schedule.pause(after: transient, now: first + .milliseconds(9_999), using: &chance) != nil)
    #expect(schedule.pause(after: transient, now: first + .seconds(10), using: &chance) == nil)
  }

  @Test("However often it fails, a pause stays within the time there is")
  func noOverflow() throws {
    var chance = SeededGenerator(seed: 2)
    var schedule = RetrySchedule(RetryPolicy(maximumRetryTime: .seconds(30)))
    for _ in 0..<1_000 {
      let pause = try #require(schedule.pause(after: transient, now: start, using: &chance))
      #expect(pause <= .seconds(36) && pause >= .zero)
    }
  }

  @Test(
    "What a retry can mend is retried",
    arguments: [
      "Neo.TransientError.General.DatabaseUnavailable", "Neo.ClientError.Cluster.NotALeader",
      "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "Neo.ClientError.Security.AuthorizationExpired",
    ])
  func retryableCodes(code: String) {
    #expect(RetryPolicy.isRetryable(BoltError(ServerFailure(code: code, message: ""))))
  }

  @Test(
    "What it cannot mend is not",
    arguments: [
      "Neo.ClientError.Statement.SyntaxError", "Neo.TransientError.Transaction.Terminated",
      "Neo.TransientError.Transaction.LockClientStopped", "Neo.ClientError.Security.Unauthorized",
      "Neo.DatabaseError.General.UnknownError", "", "nonsense",
    ])
  func finalCodes(code: String) {
    #expect(!RetryPolicy.isRetryable(BoltError(ServerFailure(code: code, message: ""))))
  }

  @Test("A lost connection is retried; a commit whose answer was lost, a full pool and foreign errors are not")
  func clientCodes() {
    #expect(RetryPolicy.isRetryable(BoltError(.serviceUnavailable, "")))
    #expect(RetryPolicy.isRetryable(BoltError(.sessionExpired, "")))
    #expect(RetryPolicy.isRetryable(BoltError(.readServiceUnavailable, "")))
    #expect(RetryPolicy.isRetryable(BoltError(.connectTimeout, "")))
    for code in [BoltError.Code.incompleteCommit, .poolTimeout, .closed, .misuse, .protocolViolation, .tlsFailure] {
      #expect(!RetryPolicy.isRetryable(BoltError(code, "")), "\(code)")
    }
    #expect(!RetryPolicy.isRetryable(CancellationError()) && !RetryPolicy.isRetryable(Foreign()))
  }

  @Test("The work is run until it succeeds, with the pauses between")
  func runs() async throws {
    let time = FrozenTime()
    let attempts = Lock<[Int]>([])
    let result = try await RetryPolicy().run(clock: time.clock, generator: SeededGenerator(seed: 3)) { attempt in
      attempts.withLock { $0.append(attempt) }
      if attempt < 3 { throw transient }
      return "done"
    }
    #expect(result == "done" && attempts.withLock { $0 } == [0, 1, 2, 3])
    #expect(time.pauses.count == 3)
  }

  @Test("Thirty seconds after the first failure the last error is thrown")
  func givesUp() async {
    let time = FrozenTime()
    await #expect(throws: BoltError.self) {
      try await RetryPolicy().run(clock: time.clock, generator: SeededGenerator(seed: 4)) { _ in throw transient }
    }
    #expect((4...6).contains(time.pauses.count), "\(time.pauses)")
  }

  @Test("Without time for retries there is one attempt")
  func single() async {
    let time = FrozenTime()
    await #expect(throws: BoltError.self) {
      try await RetryPolicy(maximumRetryTime: .zero).run(clock: time.clock) { _ in throw transient }
    }
    #expect(time.pauses.isEmpty)
  }

  @Test("A final error is thrown as it is, at once")
  func final() async {
    let time = FrozenTime()
    await #expect(throws: Foreign.self) { try await RetryPolicy().run(clock: time.clock) { _ in throw Foreign() } }
    #expect(time.pauses.isEmpty)
  }

  @Test(
    "Numbers that cannot be are refused before the first attempt",
    arguments: [
      RetryPolicy(multiplier: .infinity), RetryPolicy(multiplier: .nan), RetryPolicy(multiplier: 0.5),
      RetryPolicy(multiplier: -.infinity), RetryPolicy(jitter: .infinity), RetryPolicy(jitter: .nan),
      RetryPolicy(jitter: 1.1), RetryPolicy(jitter: -0.1), RetryPolicy(maximumRetryTime: .seconds(-1)),
      RetryPolicy(initialDelay: .seconds(-1)),
    ])
  func refused(policy: RetryPolicy) async {
    let attempts = Lock(0)
    let error = await #expect(throws: BoltError.self) {
      try await policy.run { _ in attempts.withLock { $0 += 1 } }
    }
    #expect(error?.code == .invalidConfiguration && attempts.withLock { $0 } == 0)
  }

  @Test("A pause stays within the time there is, whatever it is multiplied by")
  func largeMultiplier() throws {
    var chance = SeededGenerator(seed: 9)
    var schedule = RetrySchedule(RetryPolicy(multiplier: .greatestFiniteMagnitude))
    for _ in 0..<5 {
      let pause = try #require(schedule.pause(after: transient, now: start, using: &chance))
      #expect(pause <= .seconds(36))
    }
  }

  @Test("Cancellation ends a pause, and no attempt follows")
  func cancellation() async {
    let attempts = Lock(0)
    let transient = transient
    let task = Task {
      try await RetryPolicy(initialDelay: .seconds(600)).run { _ in
        attempts.withLock { $0 += 1 }
        throw transient
      }
    }
    while attempts.withLock({ $0 }) == 0 { await Task.yield() }
    task.cancel()
    _ = await task.result
    #expect(attempts.withLock { $0 } == 1)
  }

  private struct Foreign: Error {}
}

/// A time that only the pauses move.
private final class FrozenTime: Sendable {
  private let state = Lock((now: ContinuousClock.now, pauses: [Duration]()))

  var pauses: [Duration] { state.withLock { $0.pauses } }

  var clock: DriverClock {
    DriverClock(
      now: { self.state.withLock { $0.now } },
      sleep: { pause in
        self.state.withLock { state in
          state.now += pause
          state.pauses.append(pause)
        }
      })
  }
}
