import Actors
import Middleware
import Synchronization

/// Runs messages and all that follows them through a chain until nothing is left, as a worker with a broker would, but
/// without waiting for delays.
struct Simulation {
  /// One run of one message.
  struct Run {
    let message: Message
    let outcome: Outcome
    let followUps: [OutgoingMessage]
  }

  private let registry: ActorRegistry
  private let chain: MiddlewareChain

  init(_ stack: MiddlewareStack = .silent, _ configure: (inout ActorSystem) -> Void) throws {
    var system = ActorSystem(middleware: stack)
    configure(&system)
    try system.validate()
    registry = system.registry
    chain = MiddlewareChain(stack) { context in
      do { return .done(try await context.actor.perform(context)) } catch { return .failed(error) }
    }
  }

  /// Runs messages in the order in which they were sent.
  ///
  /// - Parameter limit: How many runs there may be, for messages that never end.
  func run(_ messages: Message..., limit: Int = 1_000) async throws -> [Run] {
    var pending = messages
    var runs: [Run] = []
    while !pending.isEmpty, runs.count < limit {
      let message = pending.removeFirst()
      guard let actor = registry[message.actorName] else {
        throw ActorSystemError(.actorNotFound, "the test has no actor \(message.actorName)")
      }
      let context = MessageContext(
        message: message, queue: QueueName.canonical(message.queueName), redelivered: false, actor: actor,
        registry: registry)
      let outcome = await chain.process(context)
      runs.append(Run(message: message, outcome: outcome, followUps: context.followUps))
      pending += context.followUps.map(\.message)
      if case .retry = outcome { pending.append(context.message) }
    }
    return runs
  }
}

/// A list that actors of a test write to.
final class Record<Element: Sendable>: Sendable {
  private let state = Lock<[Element]>([])
  var elements: [Element] { state.withLock { $0 } }
  func append(_ element: Element) { state.withLock { $0.append(element) } }
}
