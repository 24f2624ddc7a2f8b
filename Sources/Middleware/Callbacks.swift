public import Actors

/// Sends a message to another actor when a message has succeeded or an attempt at it has failed.
///
/// The actor of `on_success` gets the message as an object of its seven fields and the result; that of `on_failure`
/// gets the message and `{"type", "message"}` of the error, at every failed attempt. A message's own options come
/// first, then its actor's. Callbacks go to their actor's queue when this worker knows it, else to the queue of the
/// message.
public struct Callbacks: SynchronousMiddleware, SendsUnchanged {
  private let log: MiddlewareLog

  /// Sends callbacks.
  public init() { self.init(log: .callbacks) }

  package init(log: MiddlewareLog) { self.log = log }

  /// `on_success`, `on_failure`.
  public var actorOptions: Set<String> { ["on_success", "on_failure"] }

  /// Adds the callback to what follows the message.
  public func after(_ context: MessageContext, _ outcome: Outcome) -> Outcome {
    switch outcome {
    case .done(let result):
      return report(success: result, of: context) ?? outcome
    case .failed(let error), .retry(_, let error), .deadLetter(_, let error):
      report(failure: error, of: context)
    case .skip, .requeue: break
    }
    return outcome
  }

  /// - Returns: What becomes of the message when its result cannot be told to anybody: its work is done, so it is
  ///   neither to be repeated nor to be passed over in silence.
  private func report(success result: ActorResult?, of context: MessageContext) -> Outcome? {
    let actorsOwn = context.actor.options.onSuccess
    guard let callback = Callback("on_success", else: actorsOwn, of: context, log: log) else { return nil }
    do {
      callback.addFollowUp(about: context.message, try result?.json() ?? .null)
      return nil
    } catch {
      return .deadLetter(.rejected, error: error)
    }
  }

  private func report(failure error: any Error, of context: MessageContext) {
    let actorsOwn = context.actor.options.onFailure
    guard let callback = Callback("on_failure", else: actorsOwn, of: context, log: log) else { return }
    let text = ErrorText(error)
    var details = MessageOptions()
    details.set("type", to: text.type)
    details.set("message", to: text.message)
    callback.addFollowUp(about: context.failedMessage, details.json)
  }
}
