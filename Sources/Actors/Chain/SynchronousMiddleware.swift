/// A middleware whose work before and after the rest of the chain never waits.
///
/// It means the same as its ``Middleware/process(_:next:)``, but neighbours of this kind run in one asynchronous call
/// instead of one each, which is most of what a layer that only decides would cost. Where a layer has to surround the
/// run itself (a task-local value, I/O), it implements `process` instead.
public protocol SynchronousMiddleware: Middleware {
  /// Comes before the rest of the chain.
  ///
  /// - Returns: nil to go on; an outcome to skip the actor, and this layer's ``after(_:_:)`` with it.
  /// - Throws: An error counts as the failure of the message, and skips as much.
  func before(_ context: MessageContext) throws -> Outcome?

  /// Comes after the rest of the chain.
  ///
  /// - Parameters:
  ///   - context: The message and what is known about its delivery.
  ///   - outcome: What the rest of the chain has decided.
  /// - Returns: What becomes of the message.
  func after(_ context: MessageContext, _ outcome: Outcome) -> Outcome
}

extension SynchronousMiddleware {
  /// Goes on.
  public func before(_ context: MessageContext) throws -> Outcome? { nil }
  /// Changes nothing.
  public func after(_ context: MessageContext, _ outcome: Outcome) -> Outcome { outcome }

  /// ``before(_:)``, the rest of the chain, ``after(_:_:)``.
  public func process(_ context: MessageContext, next: Next) async throws -> Outcome {
    if let outcome = try before(context) { return outcome }
    return after(context, await next(context))
  }
}
