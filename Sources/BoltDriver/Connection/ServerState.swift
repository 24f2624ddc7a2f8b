/// In which state the server's side of a connection is.
package struct ServerState: Sendable, Hashable {
  /// The states of the protocol.
  package enum Phase: Sendable, Hashable {
    case negotiation
    case authentication
    case ready
    case streaming
    case transactionReady
    case transactionStreaming
    case failed
    case defunct
  }

  /// The state.
  package var phase: Phase
  /// How many results are open inside a transaction.
  package var openStreams = 0

  package init(_ phase: Phase) { self.phase = phase }

  /// The state after a request succeeded; nil when the request is not allowed in this state.
  ///
  /// - Parameters:
  ///   - kind: The request.
  ///   - hasMore: For PULL and DISCARD: whether records are left.
  ///   - version: The version of the connection.
  package func after(_ kind: BoltRequest.Kind, hasMore: Bool, version: BoltVersion) -> ServerState? {
    switch (phase, kind) {
    case (.defunct, _): nil
    case (_, .reset): ServerState(.ready)
    case (_, .goodbye): ServerState(.defunct)
    case (.negotiation, .hello): ServerState(version >= .v51 ? .authentication : .ready)
    case (.authentication, .logon): ServerState(.ready)
    case (.ready, .logoff): ServerState(.authentication)
    case (.ready, .telemetry), (.ready, .route): self
    case (.ready, .run): ServerState(.streaming)
    case (.ready, .begin): ServerState(.transactionReady)
    case (.streaming, .pull), (.streaming, .discard): hasMore ? self : ServerState(.ready)
    case (.transactionReady, .run), (.transactionStreaming, .run): streaming(openStreams + 1)
    case (.transactionStreaming, .pull), (.transactionStreaming, .discard):
      hasMore ? self : streaming(openStreams - 1)
    case (.transactionReady, .commit), (.transactionReady, .rollback): ServerState(.ready)
    default: nil
    }
  }

  private func streaming(_ count: Int) -> ServerState {
    var state = ServerState(count > 0 ? .transactionStreaming : .transactionReady)
    state.openStreams = max(0, count)
    return state
  }
}
