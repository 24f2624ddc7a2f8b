import Actors
import ArgumentParser
import BenchClock
import BenchMessages
import Middleware

/// Sends messages to the broker at `AMQP_URL` and prints what that took: one JSON line.
@main
struct BenchSend: AsyncParsableCommand {
  /// Which message.
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case noop, failOnce = "fail-once", sleep, nap, latency, ask
  }

  @Argument(help: "noop, fail-once, sleep, nap, latency or ask.")
  var kind: Kind

  @Option(help: "How many messages.")
  var n = 10_000

  @Flag(help: "Await every send before the next; otherwise one call sends all, with pipelined confirms.")
  var oneByOne = false

  @Option(help: "So many messages a second, each sent when it is due.")
  var rate: Double?

  @Option(help: "Seconds until the messages become due.")
  var delay: Int?

  @Option(help: "What a sleeping message sleeps, in milliseconds.")
  var milliseconds = 100

  func validate() throws {
    guard n > 1, rate.map({ $0 > 0 }) ?? true else {
      throw ValidationError("at least two messages, at a rate above zero")
    }
  }

  func run() async throws {
    let sender = try ActorSystem(middleware: .standard).bootstrap()
    // The first message opens the connection and declares the queues, which a sender does once: the clock starts after it.
    try await send(0)
    let stopwatch = Stopwatch()
    if let rate {
      try await send(atRate: rate)
    } else if oneByOne {
      for index in 1..<n { try await send(index) }
    } else {
      try await sendRest()
    }
    let (wall, cpu) = (stopwatch.wall, stopwatch.cpu)
    await sender.close()
    print(#"{"n": \#(n - 1), "wall_s": \#(wall), "cpu_s": \#(cpu)}"#)
  }

  private var due: Duration? { delay.map { .seconds($0) } }

  private func send(_ index: Int) async throws {
    switch kind {
    case .noop: try await Noop(index).send(delay: due)
    case .failOnce: try await FailOnce(index).send(delay: due)
    case .sleep: try await Sleep(milliseconds: milliseconds).send(delay: due)
    case .nap: try await Nap(milliseconds: milliseconds).send(delay: due)
    case .latency: try await Latency().send(delay: due)
    case .ask: try await Ask(index).send(delay: due)
    }
  }

  private func sendRest() async throws {
    switch kind {
    case .noop: try await Noop.send(contentsOf: (1..<n).map { Noop($0) }, delay: due)
    case .failOnce: try await FailOnce.send(contentsOf: (1..<n).map { FailOnce($0) }, delay: due)
    case .sleep: try await Sleep.send(contentsOf: (1..<n).map { _ in Sleep(milliseconds: milliseconds) }, delay: due)
    case .nap: try await Nap.send(contentsOf: (1..<n).map { _ in Nap(milliseconds: milliseconds) }, delay: due)
    case .latency: try await Latency.send(contentsOf: (1..<n).map { _ in Latency() }, delay: due)
    case .ask: try await Ask.send(contentsOf: (1..<n).map { Ask($0) }, delay: due)
    }
  }

  /// Keeps to a schedule counted from the start, so that a slow send does not slow down those after it.
  private func send(atRate rate: Double) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    for index in 1..<n {
      try await clock.sleep(until: start + .seconds(Double(index) / rate), tolerance: .zero)
      try await send(index)
    }
  }
}
