import Actors
import BoltDriver

/// A token manager of the suite: it is asked each time.
struct SuiteTokenManager: AuthTokenManager {
  let id: String
  let connection: BackendConnection

  func token() async throws -> AuthToken {
    let reply = try await connection.ask("AuthTokenManagerGetAuthRequest", [manager])
    guard let token = try reply.named("auth") else { throw BackendFault("a reply without token") }
    return try TokenMessage.token(token)
  }

  func handleSecurityError(_ error: BoltError, token: AuthToken) async throws -> Bool {
    let reply = try await connection.ask(
      "AuthTokenManagerHandleSecurityExceptionRequest",
      [
        manager, .init(key: "auth", value: try TokenMessage.json(token)),
        .init(key: "errorCode", value: .string(error.code.rawValue)),
      ])
    return try reply.flag("handled") ?? false
  }

  private var manager: JSONValue.Member { .init(key: "authTokenManagerId", value: .string(id)) }
}
