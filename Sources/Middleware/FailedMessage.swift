import Actors

/// The message with the options of the attempt that has just failed. When Retries gives up it leaves the context's
/// message as it was delivered, but whoever is told of the failure is told of this attempt too.
enum FailedMessage: MessageContextKey {
  typealias Value = Message
}

extension MessageContext {
  /// The message as those who are told of a failure should see it.
  var failedMessage: Message { self[FailedMessage.self] ?? message }
}
