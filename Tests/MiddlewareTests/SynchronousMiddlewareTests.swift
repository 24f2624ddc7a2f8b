import Actors
import Synchronization
import Testing

@testable import Middleware

@Suite("Layers that never wait")
struct SynchronousMiddlewareTests {
  /// Notes its calls.
  private struct Note: SynchronousMiddleware {
    let name: String
    let calls: Calls
    var answer: Outcome?
    var error: (any Error)?

    func before(_ context: MessageContext) throws -> Outcome? {
      calls.add("before \(name)")
      if let error { throw error }
      return answer
    }

    func after(_ context: MessageContext, _ outcome: Outcome) -> Outcome {
      calls.add("after \(name)")
      return outcome
    }
  }

  /// Surrounds the run itself.
  private struct Around: Middleware {
    let calls: Calls

    func process(_ context: MessageContext, next: Next) async throws -> Outcome {
      calls.add("in")
      defer { calls.add("out") }
      return await next(context)
    }
  }

  private final class Calls: Sendable {
    private let names = Mutex<[String]>([])
    func add(_ name: String) { names.withLock { $0.append(name) } }
    var all: [String] { names.withLock { $0 } }
  }

  private struct Oops: Error {}

  private func run(_ stack: MiddlewareStack, _ calls: Calls) async -> Outcome {
    let chain = MiddlewareChain(stack) { _ in
      calls.add("run")
      return .done(nil)
    }
    let actor = ActorDefinition(name: "a", options: ActorOptions()) { _ in nil }
    let context = MessageContext(
      message: Message(queueName: "q", actorName: "a"), queue: "q", redelivered: false, actor: actor)
    return await chain.process(context)
  }

  @Test("They surround what is inside them in the order of the stack, other layers among them")
  func order() async {
    let calls = Calls()
    let stack: MiddlewareStack = [
      Note(name: "1", calls: calls), Note(name: "2", calls: calls), Around(calls: calls), Note(name: "3", calls: calls),
    ]
    _ = await run(stack, calls)
    #expect(
      calls.all == ["before 1", "before 2", "in", "before 3", "run", "after 3", "out", "after 2", "after 1"])
  }

  @Test("An outcome before the run skips the rest and the layer's own end")
  func skips() async {
    let calls = Calls()
    let outcome = await run(
      [Note(name: "1", calls: calls), Note(name: "2", calls: calls, answer: .skip), Note(name: "3", calls: calls)],
      calls)
    #expect(calls.all == ["before 1", "before 2", "after 1"])
    guard case .skip = outcome else { return #expect(Bool(false), "\(outcome)") }
  }

  @Test("What it throws is the failure of the message")
  func fails() async {
    let calls = Calls()
    let outcome = await run(
      [Note(name: "1", calls: calls), Note(name: "2", calls: calls, error: Oops())], calls)
    #expect(calls.all == ["before 1", "before 2", "after 1"])
    guard case .failed(let error) = outcome else { return #expect(Bool(false), "\(outcome)") }
    #expect(error is Oops)
  }
}
