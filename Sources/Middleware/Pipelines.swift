public import Actors

/// Sends the next step of a pipeline when a message has succeeded.
///
/// The next step travels in the option `pipe_target` as a whole message. The result is appended to its positional
/// arguments unless its own option `pipe_ignore` or that of its actor says otherwise, and its option `delay`
/// (milliseconds) delays it. The step is published and confirmed before the finished message is acknowledged. A target
/// that cannot be sent puts the finished message into the dead-letter queue: running it again would do its work twice
/// and mend nothing.
public struct Pipelines: SynchronousMiddleware, SendsUnchanged {
  private let log: MiddlewareLog

  /// Sends the steps of pipelines.
  public init() { self.init(log: .pipelines) }

  package init(log: MiddlewareLog) { self.log = log }

  /// `pipe_ignore`, `pipe_target`.
  public var actorOptions: Set<String> { ["pipe_ignore", "pipe_target"] }

  /// Adds the next step to what follows a success.
  public func after(_ context: MessageContext, _ outcome: Outcome) -> Outcome {
    guard case .done(let result) = outcome else { return outcome }
    guard let target = context.options["pipe_target"], !target.isNull else { return outcome }
    do {
      let step = try step(target, after: result, in: context)
      context.addFollowUp(step, delay: delay(of: step, in: context))
      return outcome
    } catch {
      return .deadLetter(.rejected, error: error)
    }
  }

  private func step(_ target: JSONText, after result: ActorResult?, in context: MessageContext) throws -> Message {
    var step: Message
    do {
      step = try Message(decoding: target)
      try QueueName.validate(QueueName.canonical(step.queueName))
    } catch {
      throw InvalidPipeTarget(error)
    }
    let isIgnored = step.options.isTruthy("pipe_ignore") || context.registry[step.actorName]?.options.pipeIgnore == true
    if !isIgnored { step.arguments = step.arguments.appending(try result?.json() ?? .null) }
    return step
  }

  private func delay(of step: Message, in context: MessageContext) -> Duration? {
    let own = OptionReader(step.options, in: context, log: log)?.truthyNumber("delay")
    guard let delay = own.flatMap({ Duration(wireMilliseconds: $0) }) else { return nil }
    return delay > .zero ? delay : nil
  }
}

/// The option `pipe_target` of a message is no message that can be sent. The message itself has run.
public struct InvalidPipeTarget: Error, Sendable, CustomStringConvertible {
  /// What is wrong with the target.
  public let underlying: any Error

  init(_ underlying: any Error) { self.underlying = underlying }

  /// What is wrong, and what it means.
  public var description: String {
    "InvalidPipeTarget: the message has run, but its pipe_target cannot be sent: \(underlying)"
  }
}
