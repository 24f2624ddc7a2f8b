/// What an error that a connection met means for others than the one that met it.
struct FailurePolicy: Sendable {
  private let token: AuthToken
  private let manager: (any AuthTokenManager)?
  private let note: @Sendable (BoltError) -> BoltError

  /// - Parameters:
  ///   - token: With which the connection is logged in.
  ///   - manager: Where the token comes from; nil for one that a session brought.
  ///   - note: Draws the consequences of an error, and says what the one who met it shall see.
  init(
    token: AuthToken, manager: (any AuthTokenManager)?, note: @escaping @Sendable (BoltError) -> BoltError
  ) {
    self.token = token
    // One that knows a single token has nothing to say about errors.
    self.manager = manager is StaticAuthTokenManager ? nil : manager
    self.note = note
  }

  /// What becomes of an error on its way to whoever met it.
  func passage(of error: BoltError) -> ResponseGate.Passage {
    let noted = note(error)
    guard let manager, noted.code.isSecurity else { return .now(.failure(noted)) }
    return .later { [token] in .failure(await Self.ask(manager, about: noted, token)) }
  }

  /// What whoever asked for a connection shall see of an error that was met in making it.
  func settle(_ error: any Error) async -> any Error {
    guard let error = error as? BoltError else { return error }
    let noted = note(error)
    guard let manager, noted.code.isSecurity else { return noted }
    return await Self.ask(manager, about: noted, token)
  }

  private static func ask(
    _ manager: any AuthTokenManager, about error: BoltError, _ token: AuthToken
  ) async -> BoltError {
    do {
      return try await manager.handleSecurityError(error, token: token) ? error.mended() : error
    } catch let failure {
      return BoltError(.callbackFailed, "the manager of tokens failed", address: error.address, underlying: failure)
    }
  }
}
