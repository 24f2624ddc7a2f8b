import Testing

@testable import Actors

@Suite("The connection comes back by itself")
struct RecoveryMachineTests {
  private let second: UInt64 = 1_000_000_000
  private let refused = RabbitMQError(.unreachable, "no connection")
  private let lost = RabbitMQError(.connectionLost, "lost")
  private let wrongPassword = RabbitMQError(.authenticationRefused, "refused", replyCode: 403)

  private func machine() -> RecoveryMachine { RecoveryMachine(backoff: .milliseconds(100)...(.seconds(5))) }

  @Test("Nothing is opened before somebody wants it")
  func lazy() {
    var machine = machine()
    #expect(machine.step(now: 0) == .nothing)
    machine.want()
    #expect(machine.step(now: 0) == .connect)
    #expect(machine.state == .connecting)
  }

  @Test("Pauses double from 0.1 s to 5 s, between half and the whole of the step")
  func backoff() {
    var backoff = ReconnectBackoff(.milliseconds(100)...(.seconds(5)))
    let steps: [UInt64] = [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]
    for step in steps { #expect(backoff.next(jitter: 0) == step * 1_000_000 / 2) }
    backoff.reset()
    for step in steps { #expect(backoff.next(jitter: 0.999_999) / 1_000 <= step * 1_000) }
    for _ in 0..<1_000 { #expect(backoff.next(jitter: 0.5) <= 5 * second) }
  }

  @Test("A refused login waits out its pause, for ever, and is never probed")
  func refusals() {
    var machine = machine()
    machine.want()
    var now: UInt64 = 0
    var attempts = 0
    while now < 60 * second {
      switch machine.step(now: now) {
      case .connect:
        attempts += 1
        machine.failed(wrongPassword, now: now, jitter: 0.5)
      case .sleep(let until): now = until
      case .probe: Issue.record("a refusal was probed")
      case .nothing: Issue.record("the machine gave up")
      }
    }
    #expect((12...24).contains(attempts))
  }

  @Test("While nothing listens the port is looked at twice a second, and used as soon as it answers")
  func probes() {
    var machine = machine()
    machine.want()
    var now: UInt64 = 0
    var probes = 0
    while now < 30 * second {
      switch machine.step(now: now) {
      case .connect: machine.failed(refused, now: now, jitter: 0.999)
      case .sleep(let until): now = until
      case .probe:
        probes += 1
        machine.portAnswered(false, now: now)
      case .nothing: Issue.record("the machine gave up")
      }
    }
    #expect(probes > 30)
    while machine.step(now: now) != .probe { now += second / 100 }
    machine.portAnswered(true, now: now)
    #expect(machine.step(now: now) == .connect)
  }

  @Test("A good connection's loss begins with the shortest pause, a bad one's goes on doubling")
  func resets() {
    var machine = machine()
    machine.want()
    var now: UInt64 = 0
    func connect(for life: UInt64) -> UInt64 {
      while machine.step(now: now) != .connect { now += 1_000_000 }
      machine.connected(now: now)
      now += life
      machine.failed(lost, now: now, jitter: 0)
      guard case .sleep(let until) = machine.step(now: now) else { return 0 }
      return until - now
    }
    #expect(connect(for: 0) == 50_000_000)
    #expect(connect(for: second) == 100_000_000)
    #expect(connect(for: second) == 200_000_000)
    #expect(connect(for: 10 * second) == 50_000_000)
  }

  @Test("A stopped machine stays stopped")
  func stops() {
    var machine = machine()
    machine.want()
    machine.stop()
    machine.failed(lost, now: 0, jitter: 0)
    machine.want()
    #expect(machine.step(now: 100 * second) == .nothing)
    #expect(machine.state == .stopped)
  }
}
