/// The answers that wait behind one that a ``ResponseGate`` has not let through, from one RESET to the next. Only ever
/// touched on the connection's event loop.
final class HeldResponses<Request> {
  typealias Outcome = ResponseGate.Outcome

  /// What was made of the last failure: the requests behind it fail the same way.
  private var failure: (code: BoltError.Code, made: BoltError)?
  private var waiting: [(request: Request, outcome: Outcome)] = []
  /// Whether an answer waits for the gate.
  private(set) var isHolding = false

  /// An answer waits for the gate.
  func hold() { isHolding = true }

  /// One more answer, behind the one that waits.
  func append(_ request: Request, _ outcome: Outcome) { waiting.append((request, outcome)) }

  /// The gate has let the answer through that waited. Returns those behind it.
  func release() -> [(request: Request, outcome: Outcome)] {
    isHolding = false
    defer { waiting = [] }
    return waiting
  }

  /// The gate made this of a failure.
  func remember(_ outcome: Outcome, of original: Outcome) {
    guard case .failure(let error) = original, case .failure(let made) = outcome else { return }
    failure = (error.code, made)
  }

  /// What an answer was made of already; nil for one that the gate has not seen.
  func known(_ kind: BoltRequest.Kind, _ outcome: Outcome) -> Outcome? {
    switch outcome {
    case .success:
      if kind == .reset { failure = nil }
      return nil
    case .failure(let error):
      guard let failure, failure.code == error.code else { return nil }
      return .failure(failure.made)
    }
  }
}
