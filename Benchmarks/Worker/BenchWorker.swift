public import Actors
public import BenchMessages
import BenchProbe
import Middleware

/// The worker under observation: defaults throughout, the standard chain, every task a call of ``Probe``.
@main
struct BenchWorker: WorkerApplication {
  static func configure(_ system: inout ActorSystem) throws {
    system.middleware = .standard
    system.register(Noop.self)
    system.register(FailOnce.self)
    system.register(Sleep.self)
    system.register(Nap.self)
    system.register(Latency.self)
  }
}

extension Noop: MessageActor {
  /// Reports.
  public func perform(in context: MessageContext) async throws { Probe.hit() }
}

extension FailOnce: MessageActor {
  private struct FirstTry: Error {}

  /// Reports, and throws at the first attempt.
  public func perform(in context: MessageContext) async throws {
    Probe.hit()
    if context.attempt == 1 { throw FirstTry() }
  }
}

extension Sleep: MessageActor {
  /// Sleeps, then reports.
  public func perform(in context: MessageContext) async throws {
    try await Task.sleep(for: .milliseconds(milliseconds))
    Probe.hit()
  }
}

extension Nap: MessageActor {
  /// Reports, then sleeps.
  public func perform(in context: MessageContext) async throws {
    Probe.hit()
    try await Task.sleep(for: .milliseconds(milliseconds))
  }
}

extension Latency: MessageActor {
  /// Reports the time under way.
  public func perform(in context: MessageContext) async throws {
    Probe.latency(milliseconds: Double(RealTime.nanoseconds - sentAt) / 1e6)
    Probe.hit()
  }
}
