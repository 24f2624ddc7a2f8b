import Synchronization

/// Everything known about one delivered message while it runs: what an actor's `perform(in:)` and every middleware get.
public final class MessageContext: Sendable {
  /// The canonical name of the queue that delivered the message, whatever its body says.
  public let queue: String
  /// Whether the broker had delivered this message before (to a worker that did not finish it).
  public let redelivered: Bool
  /// The actor that the message names.
  public let actor: ActorDefinition
  /// The actors of this worker, to find the queue of an actor by its name.
  public let registry: ActorRegistry
  /// Monotonic nanoseconds at which the run began.
  package let startedAt: UInt64
  /// The message exactly as it was delivered.
  public let deliveredMessage: Message
  /// How the run can be bounded and interrupted; nil where nothing runs it (a unit test of a middleware).
  package let run: (any MessageRun)?
  private let state = Lock(State())
  /// Whether `state` holds anything. Most messages run to their end without a change, and then nobody takes the lock.
  private let isTouched = Atomic(false)

  private struct State: Sendable {
    /// The changed message; nil as long as it is the delivered one.
    var message: Message?
    var followUps: [OutgoingMessage] = []
    var values = ContextValues()
  }

  package init(
    message: Message, queue: String, redelivered: Bool, actor: ActorDefinition,
    registry: ActorRegistry = ActorRegistry(), run: (any MessageRun)? = nil, startedAt: UInt64 = MonotonicClock.now
  ) {
    self.queue = queue
    self.redelivered = redelivered
    self.actor = actor
    self.registry = registry
    self.run = run
    self.startedAt = startedAt
    deliveredMessage = message
  }

  /// The message as it stands now: middleware may change its options, and a retry sends it in this form.
  public var message: Message {
    get { read { $0.message } ?? deliveredMessage }
    set { change { $0.message = newValue } }
  }

  /// The message's options as they stand now, without a copy of the whole message.
  public var options: MessageOptions {
    get { read { $0.message?.options } ?? deliveredMessage.options }
    set {
      change { state in
        if state.message == nil { state.message = deliveredMessage }
        state.message?.options = newValue
      }
    }
  }

  /// The number of this attempt, 1 for the first, read from the option `retries`.
  public var attempt: Int {
    let retries = max(deliveredMessage.options.integer("retries") ?? 0, 0)
    return Int(clamping: retries == .max ? retries : retries + 1)
  }

  /// Adds a message that is published, and confirmed, before the delivery is acknowledged.
  ///
  /// - Parameters:
  ///   - message: The message to send.
  ///   - delay: How long from now it becomes due; nil for at once.
  public func addFollowUp(_ message: Message, delay: Duration? = nil) {
    change { $0.followUps.append(OutgoingMessage(message: message, delay: delay)) }
  }

  /// The messages added by ``addFollowUp(_:delay:)`` so far.
  public var followUps: [OutgoingMessage] { read { $0.followUps } ?? [] }

  /// A value that a middleware put here for actors, by its key type.
  public subscript<Key: MessageContextKey>(key: Key.Type) -> Key.Value? {
    get { read { $0.values[ObjectIdentifier(key)] } as? Key.Value }
    set { change { $0.values[ObjectIdentifier(key)] = newValue } }
  }

  private func read<Value: Sendable>(_ body: (State) -> Value?) -> Value? {
    isTouched.load(ordering: .acquiring) ? state.withLock { body($0) } : nil
  }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { body(&$0) }
    isTouched.store(true, ordering: .releasing)
  }

  /// The message in flight on the current task, for logging and for `CurrentMessage`; nil outside an actor.
  @TaskLocal public static var current: MessageContext?
}

/// Names a value that middleware injects into a ``MessageContext``.
public protocol MessageContextKey: Sendable {
  /// The type of the value.
  associatedtype Value: Sendable
}

/// Why a running message was interrupted.
public enum Interruption: Sendable, Equatable {
  /// Its time limit passed.
  case timeLimit
  /// The worker is stopping and the message had asked to be told.
  case shutdown
  /// The worker's drain deadline passed; the message goes back to its queue.
  case drainDeadline
}

/// The slot under a running message: arms its time limit and knows why it was interrupted.
package protocol MessageRun: Sendable {
  /// Arms (or, with nil, disarms) the time limit, counted from now.
  func setTimeLimit(_ limit: Duration?, grace: Duration, hardLimit: Duration)
  /// Asks for an interruption when the worker begins to stop.
  func notifyOnShutdown()
  /// Why the run was interrupted, if it was.
  var interruption: Interruption? { get }
}

extension MessageContext {
  /// Bounds the rest of the run: after `limit` the task is cancelled; `grace` later a run that goes on counts as stuck
  /// and its slot is replaced; `hardLimit` after the limit the process leaves and the supervisor restarts it.
  public func setTimeLimit(_ limit: Duration?, grace: Duration, hardLimit: Duration) {
    run?.setTimeLimit(limit, grace: grace, hardLimit: hardLimit)
  }

  /// Asks that this run be cancelled when the worker begins to stop, with ``Shutdown`` as its error.
  public func notifyOnShutdown() { run?.notifyOnShutdown() }

  /// Why this run was interrupted, if it was.
  public var interruption: Interruption? { run?.interruption }
}
