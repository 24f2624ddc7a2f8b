import Synchronization

/// One transaction, tried once or several times, on its way to a connection.
struct SessionWork: Sendable {
  private let session: SessionState
  private let mode: AccessMode
  private let transaction: TransactionConfiguration
  /// What the server is told of the kind of call; nil when it is told nothing.
  private let call: BoltRequest.TelemetryCall?
  /// Whether the server has heard of the call: it counts calls, not attempts.
  private let isCallKnown: TelemetryFlag

  init(
    _ session: SessionState, mode: AccessMode, transaction: TransactionConfiguration, call: BoltRequest.TelemetryCall?
  ) {
    self.session = session
    self.mode = mode
    self.transaction = transaction
    self.call = call
    isCallKnown = TelemetryFlag()
  }

  /// Borrows a connection for an attempt.
  ///
  /// - Returns: The connection, and what BEGIN, or RUN outside a transaction, has to say.
  /// - Throws: Why there is none, as ``ConnectionProvider/connection(for:)``; what a manager of bookmarks throws.
  func begin(on provider: any ConnectionProvider) async throws -> (ConnectionLoan, TransactionStart) {
    try transaction.validate()
    let used = BookmarkStore()
    let database = session.database
    var request = ConnectionRequest(
      mode, database: database.name, impersonatedUser: session.configuration.impersonatedUser,
      auth: session.configuration.auth)
    request.isDatabaseSettled = database.isSettled
    request.bookmarks = { [session] in try await session.bookmarksToSend() }
    request.onBookmark = { [session] bookmark in session.committed(bookmark, after: used.current) }
    request.onDatabase = { [session] in session.settle($0) }
    if call != nil { request.onTelemetry = { [isCallKnown] in isCallKnown.set() } }
    let loan = try await provider.connection(for: request)
    do {
      let bookmarks = try await session.bookmarksToSend()
      used.set(bookmarks)
      if let call, !isCallKnown.isSet { loan.connection.announce(call) }
      return (
        loan,
        TransactionStart(
          database: loan.database, accessMode: mode, bookmarks: bookmarks,
          impersonatedUser: session.configuration.impersonatedUser, configuration: transaction,
          notifications: session.configuration.notifications)
      )
    } catch {
      loan.giveBack()
      throw error
    }
  }
}
