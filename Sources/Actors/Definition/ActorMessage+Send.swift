extension ActorMessage {
  /// The message as it would be sent now.
  ///
  /// - Parameter options: Options for this message alone; they take precedence over the actor's where dramatiq's do.
  /// - Throws: `EncodingError` when a property cannot be written as JSON.
  public func message(options: MessageOptions = MessageOptions()) throws -> Message {
    Message(
      queueName: Self.options.queue, actorName: Self.actorName, keywordArguments: try KeywordArguments.encode(self),
      options: options)
  }

  /// Sends the message and waits until the broker has confirmed it.
  ///
  /// - Parameters:
  ///   - delay: How long from now it becomes due; nil for at once.
  ///   - options: Options for this message alone.
  /// - Returns: The message that was sent.
  /// - Throws: ``SendError`` when the broker did not confirm; ``ActorSystemError`` when no broker is configured.
  @discardableResult
  public func send(delay: Duration? = nil, options: MessageOptions = MessageOptions()) async throws -> Message {
    let message = try message(options: options)
    try await MessageSender.current().send(OutgoingMessage(message: message, delay: delay))
    return message
  }

  /// Sends many messages with pipelined confirms.
  ///
  /// - Returns: The messages that were sent, in order.
  /// - Throws: ``SendError`` naming every message that was not confirmed.
  @discardableResult
  public static func send(contentsOf messages: some Sequence<Self>, delay: Duration? = nil) async throws -> [Message] {
    let messages = try messages.map { try $0.message() }
    try await MessageSender.current().send(contentsOf: messages.map { OutgoingMessage(message: $0, delay: delay) })
    return messages
  }
}

extension MessageActor {
  /// Runs the actor inline, without a broker.
  public func callAsFunction() async throws -> Output {
    let definition = ActorDefinition(name: Self.actorName, options: Self.options) { _ in nil }
    return try await perform(
      in: MessageContext(message: try message(), queue: Self.options.queue, redelivered: false, actor: definition))
  }
}
