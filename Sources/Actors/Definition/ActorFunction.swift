/// An actor made of a closure: its parameters are the positional arguments of the message.
public struct ActorFunction<each Argument: Codable & Sendable, Output: Sendable>: Sendable {
  /// The name on the wire.
  public let name: String
  /// How its messages are treated.
  public let options: ActorOptions
  // `@concurrent` because the compiler (Swift 6.3) crashes on a closure that is given for a nonisolated(nonsending)
  // function type with a pack of parameters. The slot's task executor is preferred either way.
  private let body: @Sendable @concurrent (repeat each Argument) async throws -> Output

  package init(
    name: String, options: ActorOptions,
    body: @escaping @Sendable @concurrent (repeat each Argument) async throws -> Output
  ) {
    self.name = name
    self.options = options
    self.body = body
  }

  /// The message that a send would send now.
  ///
  /// - Throws: `EncodingError` when an argument cannot be written as JSON.
  public func message(_ arguments: repeat each Argument) throws -> Message {
    Message(
      queueName: options.queue, actorName: name, arguments: try PositionalArguments.encode(repeat each arguments))
  }

  /// Sends a message and waits until the broker has confirmed it.
  ///
  /// - Returns: The message that was sent.
  /// - Throws: ``SendError`` when the broker did not confirm; ``ActorSystemError`` when no broker is configured.
  @discardableResult
  public func send(_ arguments: repeat each Argument) async throws -> Message {
    let message = try message(repeat each arguments)
    try await MessageSender.current().send(OutgoingMessage(message: message))
    return message
  }

  /// Sends a message that becomes due after `delay`.
  ///
  /// - Returns: The message that was sent.
  /// - Throws: ``SendError`` when the broker did not confirm; ``ActorSystemError`` when no broker is configured.
  @discardableResult
  public func send(_ arguments: repeat each Argument, delay: Duration) async throws -> Message {
    let message = try message(repeat each arguments)
    try await MessageSender.current().send(OutgoingMessage(message: message, delay: delay))
    return message
  }

  /// Runs the closure inline, without a broker.
  public func callAsFunction(_ arguments: repeat each Argument) async throws -> Output {
    try await body(repeat each arguments)
  }

  /// Decodes the arguments of a message and runs the closure.
  package func perform(_ message: Message) async throws -> Output {
    var reader = PositionalArguments(message)
    let arguments = (repeat try reader.next((each Argument).self))
    try reader.finish()
    return try await body(repeat each arguments)
  }
}

extension ActorSystem {
  /// Registers a closure as an actor that returns nothing.
  ///
  /// - Parameters:
  ///   - name: The name on the wire.
  ///   - queue: The queue of its messages; takes precedence over the one in `options`.
  ///   - options: How its messages are treated.
  ///   - body: The work; its parameters are the positional arguments.
  @discardableResult
  public mutating func actor<each Argument: Codable & Sendable>(
    _ name: String, queue: String? = nil, options: ActorOptions = ActorOptions(),
    _ body: @escaping @Sendable @concurrent (repeat each Argument) async throws -> Void
  ) -> ActorFunction<repeat each Argument, Void> {
    let function = ActorFunction(name: name, options: Self.options(options, on: queue), body: body)
    add(ActorDefinition(name: name, options: function.options) { context in
      try await function.perform(context.message)
      return nil
    })
    return function
  }

  /// Registers a closure as an actor that returns a value.
  ///
  /// - Parameters:
  ///   - name: The name on the wire.
  ///   - queue: The queue of its messages; takes precedence over the one in `options`.
  ///   - options: How its messages are treated.
  ///   - body: The work; its parameters are the positional arguments.
  @discardableResult
  public mutating func actor<each Argument: Codable & Sendable, Output: Encodable & Sendable>(
    _ name: String, queue: String? = nil, options: ActorOptions = ActorOptions(),
    _ body: @escaping @Sendable @concurrent (repeat each Argument) async throws -> Output
  ) -> ActorFunction<repeat each Argument, Output> {
    let function = ActorFunction(name: name, options: Self.options(options, on: queue), body: body)
    add(ActorDefinition(name: name, options: function.options) { context in
      ActorResult(try await function.perform(context.message))
    })
    return function
  }

  private static func options(_ options: ActorOptions, on queue: String?) -> ActorOptions {
    var options = options
    if let queue { options.queue = queue }
    return options
  }
}
