import Actors
import Logging
import Middleware
import TestSupport

/// The error of the tests' failing actors.
struct Broken: Error, CustomStringConvertible {
  var description = "it broke"
}

/// Runs one message through a chain, with a closure in the actor's place.
func process(
  _ message: Message = .sample(), through stack: MiddlewareStack, actor: ActorOptions = ActorOptions(),
  registry: ActorRegistry = ActorRegistry(), run: (any MessageRun)? = nil,
  _ terminal: @escaping @Sendable (MessageContext) async throws -> ActorResult? = { _ in nil }
) async -> (outcome: Outcome, context: MessageContext) {
  let chain = MiddlewareChain(stack) { context in
    do { return .done(try await terminal(context)) } catch { return .failed(error) }
  }
  let definition = ActorDefinition(name: message.actorName, options: actor) { _ in nil }
  let context = MessageContext(
    message: message, queue: QueueName.canonical(message.queueName), redelivered: false, actor: definition,
    registry: registry, run: run)
  return (await chain.process(context), context)
}

extension Message {
  /// A message of `queue` for `actor` with the given options, as JSON text.
  static func sample(
    options: [(String, String)] = [], timestamp: Int64 = WallClock.now, arguments: JSONText = .emptyArray
  ) -> Message {
    var all = MessageOptions()
    for (name, value) in options { all[name] = .literal(value) }
    return Message(
      queueName: "queue", actorName: "actor", arguments: arguments, options: all, timestamp: timestamp)
  }
}

extension JSONText {
  /// JSON written in a test.
  static func literal(_ text: String) -> JSONText { JSONText(unchecked: Array(text.utf8)[...]) }
}

extension Outcome {
  /// The outcome as a word with its detail, for comparisons.
  var summary: String {
    switch self {
    case .done: "done"
    case .failed(let error): "failed \(type(of: error))"
    case .retry(_, let error): "retry \(type(of: error))"
    case .deadLetter(let reason, _): "dead \(reason)"
    case .skip: "skip"
    case .requeue: "requeue"
    }
  }

  /// The delay of a retry.
  var delay: Duration? { if case .retry(let delay, _) = self { delay } else { nil } }
}

extension MiddlewareLog {
  /// A log whose lines a test reads.
  static func captured(_ capture: LogCapture) -> MiddlewareLog {
    let logger = capture.logger()
    return MiddlewareLog { logger }
  }
}

extension MiddlewareStack {
  /// The standard stack without its log lines.
  static var silent: MiddlewareStack {
    let log = MiddlewareLog.captured(LogCapture())
    let retries = Retries(
      maxRetries: 20, minBackoff: .seconds(15), maxBackoff: Retries.longestBackoff, retryWhen: nil, log: log
    ) { backoff, retries in
      var generator = SystemRandomNumberGenerator()
      return backoff.delay(retries: retries, using: &generator)
    }
    return [
      AgeLimit(maxAge: nil, log: log),
      TimeLimit(timeLimit: .seconds(600), grace: .seconds(5), hardLimit: .seconds(30), log: log),
      ShutdownNotifications(), Callbacks(log: log), Pipelines(log: log), retries,
    ]
  }
}
