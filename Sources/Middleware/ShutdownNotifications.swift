public import Actors

/// Interrupts running messages that asked for it when the worker begins to stop.
///
/// The run's task is cancelled and its error is `Shutdown`, which is retried by the normal rules. Whether a
/// message is interrupted is said by its own option `notify_shutdown` unless that is null, then by its actor, then
/// here. All others may finish until the drain deadline.
public struct ShutdownNotifications: SynchronousMiddleware, SendsUnchanged {
  private let notifyShutdown: Bool

  /// Interrupts messages at shutdown.
  ///
  /// - Parameter notifyShutdown: Whether to interrupt those for which neither the message nor its actor says so.
  public init(notifyShutdown: Bool = false) { self.notifyShutdown = notifyShutdown }

  /// `notify_shutdown`.
  public var actorOptions: Set<String> { ["notify_shutdown"] }

  /// Asks for the interruption, if the message wants it.
  public func before(_ context: MessageContext) -> Outcome? {
    if shouldNotify(context) { context.notifyOnShutdown() }
    return nil
  }

  /// Interrupts the running messages that asked for it.
  public func workerWillStop(_ worker: WorkerContext) async { worker.interruptOnShutdown() }

  private func shouldNotify(_ context: MessageContext) -> Bool {
    if let own = context.options["notify_shutdown"], !own.isNull { return own.isTruthy }
    return context.actor.options.notifyShutdown ?? notifyShutdown
  }
}
