/// Looks at the answers of a connection before whoever waits for them does: an error may concern more than the work that
/// met it, and a bookmark has to be where it belongs before anybody goes on.
package struct ResponseGate: Sendable {
  package typealias Outcome = Result<[String: BoltValue], BoltError>

  /// What becomes of an answer.
  package enum Passage: Sendable {
    /// It goes on, perhaps as another one.
    case now(Outcome)
    /// It goes on when this is done, and all that come behind it with it.
    case later(@Sendable () async -> Outcome)
  }

  private let look: @Sendable (BoltRequest.Kind, Outcome) -> Passage

  /// - Parameter look: Decides on an answer. Called on the event loop; of one failure it sees the first answer only.
  package init(_ look: @escaping @Sendable (BoltRequest.Kind, Outcome) -> Passage) { self.look = look }

  /// Lets everything through.
  package static let open = ResponseGate { _, outcome in .now(outcome) }

  package func admit(_ kind: BoltRequest.Kind, _ outcome: Outcome) -> Passage { look(kind, outcome) }
}
