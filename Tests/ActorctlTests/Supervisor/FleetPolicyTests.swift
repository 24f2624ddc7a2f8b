import Testing

@testable import actorctl

@Suite("The supervisor's policy")
struct FleetPolicyTests {
  typealias ID = FleetPolicy.ChildID

  private func settings(_ processes: Int = 2) -> FleetSettings {
    FleetSettings(processes: processes, drainTimeout: .seconds(25))
  }

  /// A fleet whose processes all consume.
  private func readyFleet(_ processes: Int = 2, builds: Bool = false) -> FleetPolicy {
    var policy = FleetPolicy(settings(processes), builds: builds)
    _ = policy.start(now: .zero)
    for number in 0..<processes { _ = policy.childReady(ID(number: number), now: .milliseconds(50)) }
    return policy
  }

  @Test func `starts one process for each place`() {
    var policy = FleetPolicy(settings(3))
    #expect(policy.start(now: .zero) == (0..<3).map { .start(ID(number: $0), slot: $0) })
    #expect(policy.nextDeadline == nil)
  }

  @Test func `a crashed process is recorded and started again alone, after a pause that doubles to five seconds`() {
    var policy = readyFleet(1)
    var now = Duration.seconds(1)
    var pauses: [Duration] = []
    for number in 0..<9 {
      let actions = policy.childEnded(
        ID(number: number), .signalled(4), Remains(hasWorked: true, running: ["m"]), now: now)
      #expect(actions.first == .recordCrash(of: ["m"]))
      guard let due = policy.nextDeadline else { Issue.record("no restart is planned"); return }
      pauses.append(due - now)
      #expect(policy.tick(now: due - .milliseconds(1)).isEmpty)
      #expect(policy.tick(now: due) == [.start(ID(number: number + 1), slot: 0)])
      now = due + .milliseconds(10)
    }
    #expect(pauses == [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000].map { .milliseconds($0) })
  }

  @Test func `ten seconds of health forget the pauses`() {
    var policy = readyFleet(1)
    _ = policy.childEnded(ID(number: 0), .signalled(11), Remains(hasWorked: true, running: ["m"]), now: .seconds(1))
    _ = policy.tick(now: .milliseconds(1100))
    _ = policy.childEnded(ID(number: 1), .signalled(11), Remains(hasWorked: true, running: ["m"]), now: .seconds(2))
    #expect(policy.nextDeadline == .milliseconds(2200))
    _ = policy.tick(now: .milliseconds(2200))
    _ = policy.childEnded(ID(number: 2), .signalled(11), Remains(hasWorked: true, running: ["m"]), now: .seconds(13))
    #expect(policy.nextDeadline == .milliseconds(13100))
  }

  @Test func `a process that drained by itself is replaced at once, and its neighbour is left alone`() {
    var policy = readyFleet(2)
    let actions = policy.childEnded(
      ID(number: 1), .exited(0), Remains(hasWorked: true), now: .seconds(30))
    #expect(
      actions == [
        .note(.ended(slot: 1, .exited(0), wasAsked: false)), .note(.restarting(slot: 1, after: .zero, restarts: 1)),
        .start(ID(number: 2), slot: 1),
      ])
  }

  @Test func `a program that ends with 0 at once is not started in a hot loop`() {
    var policy = FleetPolicy(settings(1))
    _ = policy.start(now: .zero)
    let actions = policy.childEnded(ID(number: 0), .exited(0), Remains(), now: .milliseconds(5))
    #expect(actions.last == .note(.restarting(slot: 0, after: .milliseconds(100), restarts: 1)))
    #expect(policy.nextDeadline == .milliseconds(105))
  }

  @Test(arguments: [Int32(64), 77, 78])
  func `a configuration error stops the fleet with its code`(code: Int32) {
    var policy = FleetPolicy(settings(2))
    _ = policy.start(now: .zero)
    let actions = policy.childEnded(ID(number: 0), .exited(code), Remains(), now: .seconds(1))
    #expect(actions.contains(.note(.stopping(reason: .hopeless(.exited(code))))))
    #expect(actions.last == .terminate(ID(number: 1)))
    #expect(
      policy.childEnded(ID(number: 1), .exited(code), Remains(), now: .seconds(1)).last == .finish(code))
  }

  @Test func `not reaching the broker in time is final for a fleet that never reached it, and only for that`() {
    var fresh = FleetPolicy(settings(1))
    _ = fresh.start(now: .zero)
    #expect(fresh.childEnded(ID(number: 0), .exited(69), Remains(), now: .seconds(5)).last == .finish(69))
    var proven = readyFleet(1)
    _ = proven.childEnded(ID(number: 0), .signalled(9), Remains(hasWorked: true, running: ["m"]), now: .seconds(20))
    _ = proven.tick(now: .milliseconds(20100))
    _ = proven.childEnded(ID(number: 1), .exited(69), Remains(), now: .seconds(25))
    #expect(proven.nextDeadline == .milliseconds(25200))
  }

  @Test(arguments: [Int32(70), 75])
  func `an end in order is no crash, but the process is started again`(code: Int32) {
    var policy = readyFleet(1)
    let actions = policy.childEnded(ID(number: 0), .exited(code), Remains(hasWorked: true), now: .seconds(1))
    #expect(actions.first == .note(.ended(slot: 0, .exited(code), wasAsked: false)))
    #expect(policy.nextDeadline == .milliseconds(1100))
  }

  @Test(arguments: [Int32(0), 1, 3, 70, 75])
  func `an exit that leaves messages running is a crash, whatever its code`(code: Int32) {
    var policy = readyFleet(1)
    let actions = policy.childEnded(
      ID(number: 0), .exited(code), Remains(hasWorked: true, life: 7, running: ["m"]), now: .seconds(1))
    #expect(actions.first == .recordCrash(of: ["m"], life: 7))
  }

  @Test func `a process that cannot be started is tried again`() {
    var policy = FleetPolicy(settings(1))
    _ = policy.start(now: .zero)
    let actions = policy.childEnded(ID(number: 0), .failedToStart("text busy"), Remains(), now: .zero)
    #expect(!actions.contains(.recordCrash(of: ["m"])))
    #expect(policy.nextDeadline == .milliseconds(100))
  }

  // MARK: Stopping

  @Test func `the first signal drains everyone and the fleet ends with 0`() {
    var policy = readyFleet(2)
    let actions = policy.stop(now: .seconds(1))
    #expect(actions == [.note(.stopping(reason: .signal)), .terminate(ID(number: 0)), .terminate(ID(number: 1))])
    #expect(policy.nextDeadline == .seconds(31))
    _ = policy.childEnded(ID(number: 0), .exited(0), Remains(hasWorked: true), now: .seconds(2))
    #expect(
      policy.childEnded(ID(number: 1), .exited(0), Remains(hasWorked: true), now: .seconds(3)).last
        == .finish(0))
    #expect(policy.nextDeadline == nil)
  }

  @Test func `who has not left five seconds after the drain deadline is killed`() {
    var policy = readyFleet(1)
    _ = policy.stop(now: .seconds(1))
    #expect(policy.tick(now: .milliseconds(30_999)).isEmpty)
    #expect(policy.tick(now: .seconds(31)) == [.note(.killing(slot: 0)), .kill(ID(number: 0))])
    let actions = policy.childEnded(
      ID(number: 0), .signalled(9), Remains(hasWorked: true, running: ["m"]), now: .seconds(32))
    #expect(!actions.contains(.recordCrash(of: ["m"])), "a kill of ours proves nothing against the messages")
    #expect(actions.last == .finish(75))
  }

  @Test func `the second signal goes to the children at once, the third kills`() {
    var policy = readyFleet(2)
    _ = policy.stop(now: .seconds(1))
    #expect(
      policy.stop(now: .seconds(2)) == [.note(.forcing), .terminate(ID(number: 0)), .terminate(ID(number: 1))])
    let first = policy.childEnded(ID(number: 0), .exited(1), Remains(hasWorked: true, running: ["m"]), now: .seconds(2))
    #expect(!first.contains(.recordCrash(of: ["m"])))
    #expect(policy.stop(now: .seconds(3)) == [.note(.forcing), .note(.killing(slot: 1)), .kill(ID(number: 1))])
    #expect(
      policy.childEnded(ID(number: 1), .signalled(9), Remains(hasWorked: true, running: ["m"]), now: .seconds(3)).last
        == .finish(1))
  }

  @Test func `a second signal that goes unheard ends in a kill`() {
    var policy = readyFleet(1)
    _ = policy.stop(now: .seconds(1))
    _ = policy.stop(now: .seconds(2))
    #expect(policy.nextDeadline == .seconds(5))
    #expect(policy.tick(now: .seconds(5)) == [.note(.killing(slot: 0)), .kill(ID(number: 0))])
  }

  @Test func `stopping while a restart is due needs nobody`() {
    var policy = readyFleet(1)
    _ = policy.childEnded(ID(number: 0), .signalled(4), Remains(hasWorked: true, running: ["m"]), now: .seconds(1))
    #expect(policy.stop(now: .seconds(1)).last == .finish(0))
    #expect(policy.tick(now: .seconds(9)).isEmpty)
  }

  @Test func `a process that dies of TERM before it handles signals held nothing`() {
    var policy = FleetPolicy(settings(1))
    _ = policy.start(now: .zero)
    _ = policy.stop(now: .zero)
    let actions = policy.childEnded(ID(number: 0), .signalled(15), Remains(), now: .zero)
    #expect(!actions.contains(.recordCrash(of: ["m"])))
    #expect(actions.last == .finish(0))
  }

  @Test func `a crash while draining is still a crash`() {
    var policy = readyFleet(1)
    _ = policy.stop(now: .seconds(1))
    let actions = policy.childEnded(
      ID(number: 0), .signalled(11), Remains(hasWorked: true, running: ["m"]), now: .seconds(2))
    #expect(actions.first == .recordCrash(of: ["m"]))
    #expect(actions.last == .finish(139))
  }

  @Test func `the fleet ends with the worst of its codes`() {
    #expect([0, 75, 70, 1, 139].reduce(0, FleetPolicy.worse) == 139)
    #expect([75, 0, 70].reduce(0, FleetPolicy.worse) == 70)
    #expect([75, 1, 70].reduce(0, FleetPolicy.worse) == 1)
  }

  // MARK: Reloading

  @Test func `a reload replaces one process after the other, the new before the old`() {
    var policy = readyFleet(2)
    #expect(policy.reload(now: .seconds(1)) == [.note(.reloading), .start(ID(number: 2), slot: 2)])
    #expect(
      policy.childReady(ID(number: 2), now: .seconds(2)) == [
        .note(.replaced(oldSlot: 0, newSlot: 2)), .terminate(ID(number: 0)),
      ])
    let next = policy.childEnded(ID(number: 0), .exited(0), Remains(hasWorked: true), now: .seconds(3))
    #expect(next == [.note(.ended(slot: 0, .exited(0), wasAsked: true)), .start(ID(number: 3), slot: 0)])
    _ = policy.childReady(ID(number: 3), now: .seconds(4))
    let last = policy.childEnded(ID(number: 1), .exited(0), Remains(hasWorked: true), now: .seconds(5))
    #expect(last.last == .note(.reloaded))
    #expect(policy.children.count == 2)
    #expect(policy.positions.map(\.restarts) == [0, 0])
  }

  @Test func `a product is built first, and a failed build leaves everything as it is`() {
    var policy = readyFleet(1, builds: true)
    #expect(policy.reload(now: .seconds(1)) == [.note(.reloading), .build])
    #expect(policy.buildEnded("does not compile", now: .seconds(9)) == [.note(.reloadFailed("does not compile"))])
    #expect(policy.reload(now: .seconds(10)) == [.note(.reloading), .build])
    #expect(policy.buildEnded(nil, now: .seconds(20)) == [.start(ID(number: 1), slot: 1)])
  }

  @Test func `a new process that fails ends the reload, not the fleet`() {
    var policy = readyFleet(1)
    _ = policy.reload(now: .seconds(1))
    let actions = policy.childEnded(ID(number: 1), .exited(78), Remains(), now: .seconds(2))
    #expect(actions.last == .note(.reloadFailed("the new process ended: exit code 78 (configuration)")))
    #expect(policy.phase == .running)
    #expect(policy.children.keys.sorted() == [ID(number: 0)])
    #expect(policy.nextDeadline == nil)
  }

  @Test func `a new process that gives no sign is trusted after a while`() {
    var policy = readyFleet(1)
    _ = policy.reload(now: .seconds(1))
    #expect(policy.nextDeadline == .seconds(11))
    #expect(policy.tick(now: .seconds(11)).last == .terminate(ID(number: 0)))
  }

  @Test func `an old process that does not drain is killed and the reload goes on`() {
    var policy = readyFleet(1)
    _ = policy.reload(now: .seconds(1))
    _ = policy.childReady(ID(number: 1), now: .seconds(2))
    #expect(policy.tick(now: .seconds(32)) == [.note(.killing(slot: 0)), .kill(ID(number: 0))])
    let actions = policy.childEnded(
      ID(number: 0), .signalled(9), Remains(hasWorked: true, running: ["m"]), now: .seconds(33))
    #expect(actions.last == .note(.reloaded))
  }

  @Test func `an old process that dies while its successor starts makes room for it`() {
    var policy = readyFleet(1)
    _ = policy.reload(now: .seconds(1))
    let actions = policy.childEnded(
      ID(number: 0), .signalled(11), Remains(hasWorked: true, running: ["m"]), now: .seconds(2))
    #expect(actions.last == .note(.reloaded))
    #expect(policy.positions[0].child == ID(number: 1))
    #expect(policy.nextDeadline == nil)
  }

  @Test func `a second reload waits for the first`() {
    var policy = readyFleet(1)
    _ = policy.reload(now: .seconds(1))
    #expect(policy.reload(now: .seconds(1)).isEmpty)
    _ = policy.childReady(ID(number: 1), now: .seconds(2))
    let actions = policy.childEnded(
      ID(number: 0), .exited(0), Remains(hasWorked: true), now: .seconds(3))
    #expect(actions.suffix(3) == [.note(.reloaded), .note(.reloading), .start(ID(number: 2), slot: 0)])
  }

  @Test func `a stop during a reload drains old and new, nobody twice`() {
    var policy = readyFleet(2)
    _ = policy.reload(now: .seconds(1))
    _ = policy.childReady(ID(number: 2), now: .seconds(2))
    let actions = policy.stop(now: .seconds(3))
    #expect(actions.dropFirst() == [.terminate(ID(number: 1)), .terminate(ID(number: 2))])
    #expect(policy.reload(now: .seconds(3)).isEmpty)
    for number in [0, 1] {
      _ = policy.childEnded(ID(number: number), .exited(0), Remains(hasWorked: true), now: .seconds(4))
    }
    #expect(
      policy.childEnded(ID(number: 2), .exited(0), Remains(hasWorked: true), now: .seconds(4)).last
        == .finish(0))
  }

  @Test func `a build that ends after the stop changes nothing`() {
    var policy = readyFleet(1, builds: true)
    _ = policy.reload(now: .seconds(1))
    _ = policy.stop(now: .seconds(2))
    #expect(policy.buildEnded(nil, now: .seconds(3)).isEmpty)
  }
}
