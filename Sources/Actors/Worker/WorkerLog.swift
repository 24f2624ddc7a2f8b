import Logging

/// What a worker says about messages and slots. Text from the wire is cut and its control characters are escaped here,
/// because nobody knows what the log handler does with them.
final class WorkerLog: Sendable {
  let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  /// The one line about a dead letter. An error that the actor throws on purpose is no trouble, only information.
  func deadLetter(_ copy: DeadLetterCopy, _ delivery: Delivery, id: String?, isOnPurpose: Bool) {
    let level = isOnPurpose ? Logger.Level.info : .error
    guard logger.logLevel <= level else { return }
    var metadata: Logger.Metadata = [
      "queue.name": "\(delivery.queue)", "reason": "\(copy.reason)", "attempts": "\(copy.attempts)",
      "error": "\(Excerpt(copy.error, limit: 1_024))", "size": "\(delivery.body.count)",
    ]
    if let id { metadata["message.id"] = "\(Excerpt(id))" }
    if let actor = copy.actor { metadata["actor.name"] = "\(Excerpt(actor))" }
    logger.log(level: level, "message moved to the dead-letter queue", metadata: metadata)
  }

  func notConfirmed(_ trouble: String, _ delivery: Delivery, attempt: Int, left: Int) {
    // One line when it begins, and then one in a while: a broker that is away for hours must not fill the disk.
    guard attempt == 1 || attempt % 20 == 0 else { return }
    logger.warning(
      "follow-ups of a message are not confirmed; it stays unacknowledged and they are published again",
      metadata: [
        "queue.name": "\(delivery.queue)", "attempt": "\(attempt)", "unconfirmed": "\(left)",
        "cause": "\(Excerpt(trouble, limit: 1_024))",
      ])
  }

  func stuck(_ running: Slot.Running) {
    logger.error(
      "a message goes on after its time limit and its cancellation; its slot was replaced",
      metadata: Self.metadata(running.context))
  }

  func abandoned(_ running: Slot.Running) {
    logger.critical(
      "a message ran past its hard limit; it is settled without its run, and this process drains and leaves",
      metadata: Self.metadata(running.context))
  }

  func suspect(_ message: Message, queue: String, crashes: Int) {
    logger.warning(
      "this message was running in \(crashes) crashes: it runs alone",
      metadata: [
        "message.id": "\(Excerpt(message.id))", "actor.name": "\(Excerpt(message.actorName))", "queue.name": "\(queue)",
      ])
  }

  func strangeETA(_ message: Message, queue: String) {
    logger.warning(
      "the option eta is no number; the message runs now",
      metadata: [
        "message.id": "\(Excerpt(message.id))", "actor.name": "\(Excerpt(message.actorName))", "queue.name": "\(queue)",
      ])
  }

  func ledgerTrouble(_ error: any Error) {
    logger.error("the crash ledger cannot be written", metadata: ["error": "\(Excerpt("\(error)", limit: 1_024))"])
  }

  private static func metadata(_ context: MessageContext) -> Logger.Metadata {
    [
      "message.id": "\(Excerpt(context.deliveredMessage.id))", "actor.name": "\(context.actor.name)",
      "queue.name": "\(context.queue)",
    ]
  }
}
