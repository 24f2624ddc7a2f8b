/// What can be sent as one: a message, a ``Pipeline``, a ``Group``.
public protocol Composable: Sendable {
  /// The messages that a send hands to the broker, each with its own delay.
  ///
  /// - Parameter delay: How long from now everything should at least be delayed; nil for not at all.
  /// - Throws: ``PipelineTooLong``.
  func outgoing(delay: Duration?) throws -> [OutgoingMessage]
}

extension Composable {
  /// Sends everything with pipelined confirms and waits until the broker has confirmed it.
  ///
  /// - Parameter delay: How long from now everything should at least be delayed; nil for not at all.
  /// - Returns: What was sent.
  /// - Throws: ``SendError`` naming every message that was not confirmed, ``PipelineTooLong``, or ``ActorSystemError``
  ///   when no broker is configured.
  @discardableResult
  public func send(delay: Duration? = nil) async throws -> Self {
    try await MessageSender.current().send(contentsOf: outgoing(delay: delay))
    return self
  }
}

/// What can stand in a pipeline: a message, or another pipeline, which is flattened.
public protocol PipelineStep: Composable {
  /// The messages of the step, in the order in which they run.
  var messages: [Message] { get }
}

extension Message: PipelineStep {
  /// The message itself.
  public var messages: [Message] { [self] }

  /// The message itself with the given delay; a pipeline's option `delay` has no meaning for a message on its own.
  public func outgoing(delay: Duration?) -> [OutgoingMessage] { [OutgoingMessage(message: self, delay: delay)] }
}
