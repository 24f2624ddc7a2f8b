import Actors
import BoltDriver

/// Looks whether the graph answers: now and then while it does, more often while it does not, seldom when it refuses
/// the login, because servers count those.
package struct GraphMonitor: Sendable {
  /// How often, and how patiently.
  package struct Pace: Sendable {
    /// Between two looks while all is well.
    package var calm: Duration = .seconds(5)
    /// Between two looks while the graph is down.
    package var anxious: Duration = .seconds(1)
    /// Between two looks while the graph refuses us.
    package var refused: Duration = .seconds(30)
    /// How long a look may take.
    package var patience: Duration = .seconds(5)

    /// The pace of a worker.
    package init() {}
  }

  let driver: Driver
  let health: GraphHealth
  let pace: Pace
  let logger: Logger
  private let nap = Nap()

  init(driver: Driver, health: GraphHealth, pace: Pace = Pace(), logger: Logger) {
    self.driver = driver
    self.health = health
    self.pace = pace
    self.logger = logger
  }

  /// Looks again and again, until its task is cancelled.
  ///
  /// Messages that have committed since the last look have seen what a look would see. While they do there is none: it
  /// would need a connection of its own whenever theirs are in use.
  func run() async {
    var committed: UInt64 = 0
    var isAlarmed = false
    while !Task.isCancelled {
      let now = driver.transactionMetrics.ended[.committed] ?? 0
      if isAlarmed || now == committed || !isUp { await look() }
      committed = now
      isAlarmed = await nap.sleep(for: pause)
    }
  }

  /// Waits until the graph answers, and runs a query in its database.
  ///
  /// - Throws: The error of a graph that refuses us for good; `CancellationError`.
  func waitUntilUp() async throws {
    while true {
      await look(asksDatabase: true)
      try Task.checkCancellation()
      switch health.current {
      case .up: return
      case .down(let error) where GraphRefusal.isFinal(error): throw error
      case .down, .exhausted, .unknown: await nap.sleep(for: pause)
      }
      try Task.checkCancellation()
    }
  }

  /// A message has lost its connection: look soon, unless somebody has just looked.
  func lookSoon() { if isUp { nap.end(after: pace.anxious) } }

  private var isUp: Bool { if case .up = health.current { true } else { false } }

  private var pause: Duration {
    switch health.current {
    case .unknown, .up: pace.calm
    case .exhausted: pace.anxious
    case .down(let error): GraphRefusal.isRefusal(error) ? pace.refused : pace.anxious
    }
  }

  private func look(asksDatabase: Bool = false) async {
    let seen: GraphHealth.State
    do {
      try await Patience.run(pace.patience) { [driver] in
        try await driver.verifyConnectivity()
        if asksDatabase { try await driver.executeQuery("RETURN 1", accessMode: .read) }
      }
      seen = .up
    } catch {
      // The look was cut short: nothing was seen.
      if Task.isCancelled { return }
      seen = busyPool.map { .exhausted($0) } ?? .down(error)
    }
    say(seen, after: health.note(seen))
  }

  /// How the pool stands when all its connections are in use, in words.
  private var busyPool: String? {
    guard let pool = driver.poolMetrics.first(where: { $0.inUse >= $0.maximum && $0.creating == 0 }) else { return nil }
    return "the pool is exhausted: \(pool.inUse) of \(pool.maximum) connections in use, \(pool.waiting) wait"
  }

  private func say(_ new: GraphHealth.State, after old: GraphHealth.State) {
    switch (old, new) {
    case (.down, .down), (.exhausted, .exhausted), (.up, .up): break
    case (_, .down(let error)):
      logger.warning(
        "the graph is down; messages that need it are retried", metadata: ["error": "\(ErrorText(error))"])
    case (_, .exhausted(let text)): logger.warning("\(text)")
    case (.unknown, .up): logger.info("connected to the graph", metadata: ["server": "\(driver.configuration.uri)"])
    case (_, .up): logger.notice("the graph answers again", metadata: ["server": "\(driver.configuration.uri)"])
    case (_, .unknown): break
    }
  }
}
