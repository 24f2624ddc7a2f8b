import Logging
import Synchronization

@testable import BoltDriver

/// Makes fake connections, as a server that can be told to refuse or to be slow, and counts them.
final class FakeServer: Sendable {
  struct Refused: Error {}

  private struct State {
    var made: [FakeConnection] = []
    var attempts = 0
    var cancelled = 0
    var refuses = false
    var isStalled = false
    var chance: SeededGenerator?
  }

  private let state = Lock(State())

  var made: [FakeConnection] { state.withLock { $0.made } }
  var attempts: Int { state.withLock { $0.attempts } }
  /// How many attempts were ended by cancellation.
  var cancelled: Int { state.withLock { $0.cancelled } }

  func refuse(_ refuses: Bool = true) { state.withLock { $0.refuses = refuses } }
  /// Attempts do not end until this is taken back or they are cancelled.
  func stall(_ isStalled: Bool = true) { state.withLock { $0.isStalled = isStalled } }
  /// From now on every tenth attempt fails.
  func becomeUnreliable(seed: UInt64) { state.withLock { $0.chance = SeededGenerator(seed: seed) } }

  func connect() async throws -> FakeConnection {
    state.withLock { $0.attempts += 1 }
    do {
      try Task.checkCancellation()
      await Task.yield()
      while state.withLock({ $0.isStalled }) { try await Task.sleep(for: .milliseconds(1)) }
    } catch {
      state.withLock { $0.cancelled += 1 }
      throw error
    }
    return try state.withLock { state in
      if state.refuses { throw Refused() }
      if var chance = state.chance {
        let fails = Int.random(in: 0..<10, using: &chance) == 0
        state.chance = chance
        if fails { throw Refused() }
      }
      let connection = FakeConnection(state.made.count + 1)
      state.made.append(connection)
      return connection
    }
  }

  func pool(
    maximum: Int, livenessCheckIdle: Duration? = nil, timeout: Duration = .seconds(60), logger: Logger? = nil
  ) -> ConnectionPool<FakeConnection> {
    ConnectionPool(
      address: ServerAddress(host: "graph.example"),
      limits: PoolLimits(maximumSize: maximum, livenessCheckIdle: livenessCheckIdle, operationTimeout: timeout),
      logger: logger ?? Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { _, _ in try await self.connect() }
  }
}
