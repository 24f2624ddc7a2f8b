public import Logging
import Synchronization

/// What a program's actors are made of: the broker, the middleware and the actors themselves. A value: configuring opens
/// nothing.
public struct ActorSystem: Sendable {
  /// Where messages go to and come from; RabbitMQ at `AMQP_URL` by default.
  public var broker: BrokerSource = .rabbitMQ()
  /// The chain around every message, outermost first.
  public var middleware: MiddlewareStack
  /// The actors registered so far.
  public private(set) var registry = ActorRegistry()
  /// Queues that need more than a name: a type, a priority, arguments.
  public private(set) var queues: [String: QueueDeclaration] = [:]
  /// Mistakes made while registering; reported together by ``validate()``.
  private var mistakes: [any Error] = []

  /// An empty system.
  public init(middleware: MiddlewareStack = []) { self.middleware = middleware }

  /// Registers a message type whose actor returns nothing.
  public mutating func register<M: MessageActor>(_ type: M.Type) where M.Output == Void {
    add(ActorDefinition(name: M.actorName, options: M.options) { context in
      try await context.message.decodeArguments(as: M.self).perform(in: context)
      return nil
    })
  }

  /// Registers a message type whose actor returns a value.
  public mutating func register<M: MessageActor>(_ type: M.Type) where M.Output: Encodable {
    add(ActorDefinition(name: M.actorName, options: M.options) { context in
      ActorResult(try await context.message.decodeArguments(as: M.self).perform(in: context))
    })
  }

  /// Registers an actor under its definition; the other ways to register end here.
  public mutating func add(_ definition: ActorDefinition) {
    do { try registry.register(definition) } catch { mistakes.append(error) }
  }

  /// Declares a queue that needs more than a name. Queues of actors that are not declared have the defaults.
  public mutating func declare(_ queue: QueueDeclaration) {
    do {
      try queue.validate()
      queues[queue.name] = queue
    } catch { mistakes.append(error) }
  }

  /// The declaration of a queue: the one given, or one with the defaults.
  public func declaration(of queue: String) -> QueueDeclaration { queues[queue] ?? QueueDeclaration(queue) }

  /// Checks everything that was configured.
  ///
  /// - Throws: ``ActorSystemError``: the first mistake made, in the order of the calls.
  public func validate() throws {
    if let mistake = mistakes.first { throw mistake }
    try registry.validateOptions(knownTo: middleware)
  }

  /// Makes the sender of this system the one that `message.send()` uses in this process.
  ///
  /// - Returns: The sender; close it when the process ends.
  /// - Throws: ``ActorSystemError``.
  @discardableResult
  public func bootstrap() throws -> MessageSender {
    let sender = try MessageSender(self)
    MessageSender.setDefault(sender)
    return sender
  }
}

/// How to make the broker of a system: kept as a recipe, so that configuring opens nothing and throws nothing.
public struct BrokerSource: Sendable {
  package let make: @Sendable (Logger) throws -> any Broker

  /// A broker made by `make` at start.
  public init(_ make: @escaping @Sendable (Logger) throws -> any Broker) { self.make = make }

  /// A broker that exists already.
  public static func instance(_ broker: any Broker) -> BrokerSource { BrokerSource { _ in broker } }
}
