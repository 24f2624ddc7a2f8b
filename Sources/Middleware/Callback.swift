import Actors

/// The actor that is told of a message's fate, and the queue where it is told.
struct Callback {
  private let context: MessageContext
  private let actorName: String

  /// The target named by the message's own option, else by its actor; nil when there is none.
  init?(_ option: String, else actorsOwn: String?, of context: MessageContext, log: MiddlewareLog) {
    let own = OptionReader(context, log: log)?.truthyString(option)
    guard let name = own ?? actorsOwn, !name.isEmpty else { return nil }
    self.context = context
    actorName = name
  }

  /// Adds the message to the actor with `message` as an object and `detail` as its arguments.
  func addFollowUp(about message: Message, _ detail: JSONText) {
    context.addFollowUp(
      Message(
        queueName: context.registry[actorName]?.options.queue ?? context.queue, actorName: actorName,
        arguments: .array([message.json, detail])))
  }
}
