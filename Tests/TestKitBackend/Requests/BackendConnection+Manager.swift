import Actors
import BoltDriver

extension BackendConnection {
  /// Requests that make bookmark managers, token managers and certificate providers, and let go of them.
  func answerManager(_ request: String, _ fields: RequestFields) async throws -> Answer? {
    switch request {
    case "NewBookmarkManager": return try await newBookmarkManager(fields)
    case "NewAuthTokenManager":
      return Answer(
        "AuthTokenManager", id: await objects.tokenManagers.add { SuiteTokenManager(id: $0, connection: self) })
    case "NewBasicAuthTokenManager":
      return Answer("BasicAuthTokenManager", id: await objects.tokenManagers.add(basicTokenManager))
    case "NewBearerAuthTokenManager":
      return Answer("BearerAuthTokenManager", id: await objects.tokenManagers.add(bearerTokenManager))
    case "NewClientCertificateProvider":
      let id = await objects.certificateProviders.add { SuiteCertificateProvider(id: $0, connection: self) }
      return Answer("ClientCertificateProvider", id: id)
    case "BookmarkManagerClose":
      let id = try fields.text("id")
      await objects.bookmarkManagers.remove(id)
      return Answer("BookmarkManager", id: id)
    case "AuthTokenManagerClose":
      let id = try fields.text("id")
      await objects.tokenManagers.remove(id)
      return Answer("AuthTokenManager", id: id)
    case "ClientCertificateProviderClose":
      let id = try fields.text("id")
      await objects.certificateProviders.remove(id)
      return Answer("ClientCertificateProvider", id: id)
    default: return nil
    }
  }

  private func newBookmarkManager(_ fields: RequestFields) async throws -> Answer {
    let initial = Set(try fields.texts("initialBookmarks") ?? [])
    let hasSupplier = try fields.flag("bookmarksSupplierRegistered") ?? false
    let hasConsumer = try fields.flag("bookmarksConsumerRegistered") ?? false
    let id = await objects.bookmarkManagers.add { id in
      let manager = JSONValue.Member(key: "bookmarkManagerId", value: .string(id))
      let supplier: DefaultBookmarkManager.Supplier = {
        Set(try await self.ask("BookmarksSupplierRequest", [manager]).texts("bookmarks") ?? [])
      }
      let consumer: DefaultBookmarkManager.Consumer = { bookmarks in
        let list = JSONValue.array(bookmarks.map(JSONValue.string))
        _ = try await self.ask("BookmarksConsumerRequest", [manager, .init(key: "bookmarks", value: list)])
      }
      return DefaultBookmarkManager(
        initial: initial, supplier: hasSupplier ? supplier : nil, consumer: hasConsumer ? consumer : nil)
    }
    return Answer("BookmarkManager", id: id)
  }

  private func basicTokenManager(_ id: String) -> any AuthTokenManager {
    BasicAuthTokenManager(clock: clock.driverClock) {
      let reply = try await self.ask(
        "BasicAuthTokenProviderRequest", [.init(key: "basicAuthTokenManagerId", value: .string(id))])
      guard let token = try reply.named("auth") else { throw BackendFault("a reply without token") }
      return try TokenMessage.token(token)
    }
  }

  private func bearerTokenManager(_ id: String) -> any AuthTokenManager {
    BearerAuthTokenManager(clock: clock.driverClock) {
      let reply = try await self.ask(
        "BearerAuthTokenProviderRequest", [.init(key: "bearerAuthTokenManagerId", value: .string(id))])
      guard let expiring = try reply.named("auth"), let token = try expiring.named("auth") else {
        throw BackendFault("a reply without token")
      }
      return ExpiringAuthToken(
        try TokenMessage.token(token), lifetime: try expiring.milliseconds("expiresInMs"))
    }
  }
}
