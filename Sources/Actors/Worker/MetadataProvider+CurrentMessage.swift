public import Logging

extension Logger.MetadataProvider {
  /// Adds the message in flight to every log line of its actor: `message.id`, `actor.name`, `queue.name`, `attempt`.
  ///
  /// Nothing is prepared per message: the values are read when a line is written.
  public static var currentMessage: Logger.MetadataProvider {
    Logger.MetadataProvider {
      guard let context = MessageContext.current else { return [:] }
      return [
        "message.id": "\(context.deliveredMessage.id)", "actor.name": "\(context.actor.name)",
        "queue.name": "\(context.queue)", "attempt": "\(context.attempt)",
      ]
    }
  }
}
