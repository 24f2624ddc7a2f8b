extension ResponseGate {
  /// The gate for the answers to one borrower.
  ///
  /// - Parameters:
  ///   - request: What the connection was borrowed for.
  ///   - failures: What errors mean for others.
  init(_ request: ConnectionRequest, _ failures: FailurePolicy) {
    self.init { kind, outcome in
      switch outcome {
      case .failure(let error): return failures.passage(of: error)
      case .success(let metadata):
        if kind == .telemetry { request.onTelemetry?() }
        if kind == .begin || kind == .run, case .string(let database)? = metadata["db"] {
          request.onDatabase?(database)
        }
        guard case .string(let bookmark)? = metadata["bookmark"], !bookmark.isEmpty,
          let update = request.onBookmark?(bookmark)
        else { return .now(outcome) }
        return .later {
          do {
            try await update()
            return outcome
          } catch {
            return .failure(
              BoltError(
                .callbackFailed, "the transaction was committed, but the manager of bookmarks failed",
                underlying: error))
          }
        }
      }
    }
  }
}
