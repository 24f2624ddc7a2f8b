internal import DequeModule

/// Those who wait for a connection: first come, first served; out of the line at any time; and in the order of their
/// deadlines for the timer.
///
/// Who leaves from the middle only leaves a number behind, which is skipped later and swept before such numbers
/// prevail: every operation is constant on average, however many are cancelled.
struct WaiterQueue<Request: Sendable>: ~Copyable, Sendable {
  typealias Time = Duration

  struct Waiter: Sendable {
    let id: UInt64
    let request: Request
    let since: Time
    let deadline: Time
    /// With which token the borrower wants to be logged in; nil when it does not matter.
    var token: AuthToken?
  }

  private struct Due: Sendable {
    let deadline: Time
    let id: UInt64
  }

  private var waiters: [UInt64: Waiter] = [:]
  private var line: Deque<UInt64> = []
  private var dues: Deque<Due> = []

  var count: Int { waiters.count }
  var isEmpty: Bool { waiters.isEmpty }

  mutating func append(_ waiter: Waiter) {
    waiters[waiter.id] = waiter
    line.append(waiter.id)
    // Deadlines nearly always come in order, so the place is nearly always the end.
    var place = dues.count
    while place > 0, dues[place - 1].deadline > waiter.deadline { place -= 1 }
    dues.insert(Due(deadline: waiter.deadline, id: waiter.id), at: place)
    sweep()
  }

  /// Takes the one who has waited longest.
  mutating func popFirst() -> Waiter? {
    while let id = line.popFirst() {
      if let waiter = waiters.removeValue(forKey: id) { return waiter }
    }
    return nil
  }

  /// Takes the one of those that want this token who has waited longest; nil for any token.
  mutating func popFirst(wanting token: AuthToken?) -> Waiter? {
    guard let token else { return popFirst() }
    guard let found = line.first(where: { waiters[$0]?.token == token }) else { return nil }
    // Its number stays in line and is skipped later.
    return waiters.removeValue(forKey: found)
  }

  /// Takes all of those that want this token whose waiting began before number `id` was given, the longest first; nil
  /// for any token. One walk along the line, however many they are.
  mutating func popAll(wanting token: AuthToken?, before id: UInt64) -> [Waiter] {
    let found = line.prefix { $0 < id }.filter { waiters[$0].map { token == nil || $0.token == token } ?? false }
    let taken = found.compactMap { waiters.removeValue(forKey: $0) }
    sweep()
    return taken
  }

  /// What the one who has waited longest wants.
  var firstToken: AuthToken? {
    mutating get {
      while let id = line.first {
        if let waiter = waiters[id] { return waiter.token }
        line.removeFirst()
      }
      return nil
    }
  }

  /// Takes this one out of the line; nil when it waits no more.
  mutating func remove(_ id: UInt64) -> Waiter? { waiters.removeValue(forKey: id) }

  /// Takes one whose deadline has come.
  mutating func popExpired(by now: Time) -> Waiter? {
    while let due = dues.first {
      guard waiters[due.id] == nil || due.deadline <= now else { return nil }
      dues.removeFirst()
      if let waiter = waiters.removeValue(forKey: due.id) { return waiter }
    }
    return nil
  }

  /// The next deadline of somebody who still waits.
  mutating func nextDeadline() -> Time? {
    while let due = dues.first {
      if waiters[due.id] != nil { return due.deadline }
      dues.removeFirst()
    }
    return nil
  }

  private mutating func sweep() {
    let limit = 2 * waiters.count + 64
    if line.count > limit { line.removeAll { waiters[$0] == nil } }
    if dues.count > limit { dues.removeAll { waiters[$0.id] == nil } }
  }
}
