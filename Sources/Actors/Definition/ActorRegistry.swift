/// The actors of a worker by name. Built once, at start; never changed afterwards.
public struct ActorRegistry: Sendable {
  private var definitions: [String: ActorDefinition] = [:]

  /// An empty registry.
  public init() {}

  /// The actor of that name, if it is registered.
  public subscript(name: String) -> ActorDefinition? { definitions[name] }

  /// Every actor, by name.
  public var actors: [ActorDefinition] { definitions.values.sorted { $0.name < $1.name } }

  /// The canonical names of the queues that the actors use, sorted.
  public var queues: [String] { Set(definitions.values.map(\.options.queue)).sorted() }

  /// Adds an actor.
  ///
  /// - Throws: ``ActorSystemError`` (`duplicateActor`, `invalidQueueName`, `invalidOption`).
  public mutating func register(_ definition: ActorDefinition) throws {
    guard !definition.name.isEmpty else {
      throw ActorSystemError(.invalidOption, "an actor's name must not be empty")
    }
    guard definitions[definition.name] == nil else {
      throw ActorSystemError(
        .duplicateActor, "an actor named \(definition.name) is registered already; give one of the two another name")
    }
    try QueueName.validate(definition.options.queue)
    definitions[definition.name] = definition
  }

  /// Checks that every option an actor sets is known to some middleware.
  ///
  /// - Throws: ``ActorSystemError`` (`unknownOption`) naming the actor and the options.
  package func validateOptions(knownTo stack: MiddlewareStack) throws {
    let known = stack.actorOptions
    for definition in actors {
      let unknown = definition.options.names.subtracting(known).sorted()
      guard unknown.isEmpty else {
        throw ActorSystemError(
          .unknownOption,
          "actor \(definition.name) sets \(unknown.joined(separator: ", ")), which no middleware of the stack knows; "
            + "add the middleware or take the option away")
      }
    }
  }
}
