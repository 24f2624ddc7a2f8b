import Actors
import Glibc

extension MessageActor {
  /// Does the work, and leaves one line in the journal however it ends.
  ///
  /// - Parameter arguments: The arguments in the order of their declaration.
  func journalled<Result>(
    _ arguments: JSONValue..., in context: MessageContext, work: () async throws -> Result
  ) async throws -> Result {
    let start = WallClock.now
    func journal(_ outcome: JournalEntry.Outcome) {
      Journal.shared?.append(
        JournalEntry(
          actor: Self.actorName, id: context.deliveredMessage.id, attempt: context.attempt,
          redelivered: context.redelivered, pid: getpid(), start: start, end: WallClock.now, outcome: outcome,
          args: arguments))
    }
    do {
      let result = try await work()
      journal(.ok)
      return result
    } catch {
      switch context.interruption {
      case .timeLimit: journal(.timeout)
      case .shutdown, .drainDeadline: journal(.cancelled)
      case nil: journal(error is CancellationError ? .cancelled : .error)
      }
      throw error
    }
  }
}
