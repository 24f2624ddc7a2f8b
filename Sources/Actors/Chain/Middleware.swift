public import Logging

/// One layer of the chain around every message.
///
/// The chain is an onion: `process` surrounds a run, `send` surrounds a publish, in the order listed in the
/// ``MiddlewareStack``. A middleware decides (it changes the ``Outcome`` and adds follow-up messages to the context);
/// it never settles a delivery itself. Every requirement has a default that does nothing.
public protocol Middleware: Sendable {
  /// The actor options this middleware reads, by their wire names (`max_retries`). An option that no middleware of the
  /// stack knows is an error at start.
  var actorOptions: Set<String> { get }

  /// Surrounds the run of one message.
  ///
  /// What is thrown counts as the failure of the message and travels outward as ``Outcome/failed(_:)``. After a time limit
  /// has cut the run, the way out runs in a cancelled task: start an unstructured task for I/O there.
  ///
  /// - Parameters:
  ///   - context: The message and what is known about its delivery.
  ///   - next: The rest of the chain. Not calling it skips the actor.
  /// - Returns: What becomes of the message.
  func process(_ context: MessageContext, next: Next) async throws -> Outcome

  /// Sees a message before it is published: sends from code, retries and other follow-ups alike.
  ///
  /// - Parameter outgoing: The message and its delay; both may be changed.
  /// - Throws: An error reaches the caller of `send`, and nothing is published.
  func send(_ outgoing: inout OutgoingMessage) async throws

  /// Called once before the worker consumes; the place to open what messages will need.
  ///
  /// - Throws: An error stops the start; the layers that had started are stopped in reverse order.
  func workerWillStart(_ worker: WorkerContext) async throws
  /// Called once the worker consumes.
  func workerDidStart(_ worker: WorkerContext) async
  /// Called when the worker begins to stop: no new message will be taken, running ones go on.
  func workerWillStop(_ worker: WorkerContext) async
  /// Called after the drain, also when it ran out of time; the place to close what `workerWillStart` opened.
  func workerDidStop(_ worker: WorkerContext) async
}

extension Middleware {
  /// No options.
  public var actorOptions: Set<String> { [] }
  /// Passes the message on.
  public func process(_ context: MessageContext, next: Next) async throws -> Outcome { await next(context) }
  /// Changes nothing.
  public func send(_ outgoing: inout OutgoingMessage) async throws {}
  /// Does nothing.
  public func workerWillStart(_ worker: WorkerContext) async throws {}
  /// Does nothing.
  public func workerDidStart(_ worker: WorkerContext) async {}
  /// Does nothing.
  public func workerWillStop(_ worker: WorkerContext) async {}
  /// Does nothing.
  public func workerDidStop(_ worker: WorkerContext) async {}
}

/// A message on its way to the broker.
public struct OutgoingMessage: Sendable {
  /// The message as it will be written.
  public var message: Message
  /// How long from now it should become due; nil for at once.
  public var delay: Duration?
  /// AMQP headers to send along, for example a trace context.
  public var headers: [String: AMQPValue]

  /// Makes an outgoing message.
  public init(message: Message, delay: Duration? = nil, headers: [String: AMQPValue] = [:]) {
    self.message = message
    self.delay = delay
    self.headers = headers
  }
}

/// What a middleware may know of the worker it serves.
public struct WorkerContext: Sendable {
  /// The worker's logger.
  public let logger: Logger
  /// How many messages may run at once in this process.
  public let concurrency: Int
  /// The canonical names of the queues this worker consumes.
  public let queues: [String]
  /// The running messages that asked for a shutdown notification, see ``MessageContext/notifyOnShutdown()``.
  package let interruptOnShutdown: @Sendable () -> Void

  package init(
    logger: Logger, concurrency: Int, queues: [String], interruptOnShutdown: @escaping @Sendable () -> Void = {}
  ) {
    self.logger = logger
    self.concurrency = concurrency
    self.queues = queues
    self.interruptOnShutdown = interruptOnShutdown
  }
}
