import Actors
import Glibc

/// An actor whose every run leaves one line in the journal, however it ends.
protocol JournalledActor: MessageActor {
  /// The arguments, in the order of their declaration.
  var arguments: [JSONValue] { get }
  /// Does the work.
  func run(in context: MessageContext) async throws -> Output
}

extension JournalledActor {
  func perform(in context: MessageContext) async throws -> Output {
    let start = WallClock.now
    do {
      let output = try await run(in: context)
      journal(.ok, since: start, in: context)
      return output
    } catch {
      journal(outcome(of: error, in: context), since: start, in: context)
      throw error
    }
  }

  private func outcome(of error: any Error, in context: MessageContext) -> JournalEntry.Outcome {
    switch context.interruption {
    case .timeLimit: .timeout
    case .shutdown, .drainDeadline: .cancelled
    case nil: error is CancellationError ? .cancelled : .error
    }
  }

  private func journal(_ outcome: JournalEntry.Outcome, since start: Int64, in context: MessageContext) {
    Journal.shared?.append(
      JournalEntry(
        actor: Self.actorName, id: context.deliveredMessage.id, attempt: context.attempt,
        redelivered: context.redelivered, pid: getpid(), start: start, end: WallClock.now, outcome: outcome,
        args: arguments))
  }
}
