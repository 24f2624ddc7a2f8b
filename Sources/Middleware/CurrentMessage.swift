public import Actors

/// Makes the running message known to everything that its task calls, however deep, as ``message``.
public struct CurrentMessage: Middleware, SendsUnchanged {
  /// Binds the current message.
  public init() {}

  /// The message that runs on the current task; nil outside an actor.
  public static var message: Message? { MessageContext.current?.message }

  /// Runs the message with itself bound as the current one.
  public func process(_ context: MessageContext, next: Next) async throws -> Outcome {
    await MessageContext.$current.withValue(context) { await next(context) }
  }
}
