import Synchronization
import Testing

@testable import BoltDriver

@Suite struct AuthTokenManagerTests {
  private struct Oops: Error {}

  /// Gives out numbered tokens.
  private final class Source: Sendable {
    private let state = Lock((count: 0, fails: false))
    var count: Int { state.withLock { $0.count } }
    func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }
    func next() throws -> AuthToken {
      try state.withLock { state in
        if state.fails { throw Oops() }
        state.count += 1
        return .bearer("t\(state.count)")
      }
    }
  }

  private func error(_ code: BoltError.Code) -> BoltError { BoltError(ServerFailure(code: code.rawValue, message: "")) }

  @Test func aStaticTokenStays() async throws {
    let manager = StaticAuthTokenManager(.bearer("t"))
    #expect(try await manager.token() == .bearer("t"))
    #expect(try await manager.handleSecurityError(error(.unauthorized), token: .bearer("t")) == false)
  }

  @Test func aPasswordIsFetchedAgainWhenItIsRefused() async throws {
    let source = Source()
    let manager = BasicAuthTokenManager { try source.next() }
    for _ in 0..<3 { #expect(try await manager.token() == .bearer("t1")) }
    #expect(try await manager.handleSecurityError(error(.tokenExpired), token: .bearer("t1")) == false)
    #expect(try await manager.token() == .bearer("t1"))
    #expect(try await manager.handleSecurityError(error(.unauthorized), token: .bearer("t1")))
    #expect(try await manager.token() == .bearer("t2"))
    // A connection that still had the first one: the second is not to blame.
    #expect(try await manager.handleSecurityError(error(.unauthorized), token: .bearer("t1")))
    #expect(try await manager.token() == .bearer("t2"))
    #expect(source.count == 2)
  }

  @Test func aTokenOfSingleSignOnEndsWithItsTime() async throws {
    let (source, clock) = (Source(), MovableClock())
    let manager = BearerAuthTokenManager(clock: clock.clock) {
      ExpiringAuthToken(try source.next(), lifetime: .seconds(60))
    }
    #expect(try await manager.token() == .bearer("t1"))
    clock.move(by: .seconds(59))
    #expect(try await manager.token() == .bearer("t1"))
    clock.move(by: .seconds(1))
    #expect(try await manager.token() == .bearer("t2"))
    for code in [BoltError.Code.tokenExpired, .unauthorized] {
      let token = try await manager.token()
      #expect(try await manager.handleSecurityError(error(code), token: token))
    }
    #expect(try await manager.token() == .bearer("t4"))
    #expect(try await manager.handleSecurityError(error(.authorizationExpired), token: .bearer("t4")) == false)
  }

  @Test func oneFetchServesAllWhoWait() async throws {
    let source = Source()
    let (fetching, release) = (Gate(), Gate())
    let manager = BasicAuthTokenManager {
      fetching.open()
      await release.wait()
      return try source.next()
    }
    try await withThrowingTaskGroup { group in
      for _ in 0..<20 { group.addTask { try await manager.token() } }
      await fetching.wait()
      release.open()
      for try await token in group { #expect(token == .bearer("t1")) }
    }
    #expect(source.count == 1)
  }

  @Test func aFetchThatFailsIsTriedAgain() async throws {
    let source = Source()
    let manager = BasicAuthTokenManager { try source.next() }
    source.fail(true)
    await #expect(throws: Oops.self) { try await manager.token() }
    source.fail(false)
    #expect(try await manager.token() == .bearer("t1"))
  }

  @Test func aCertificateIsHandedOutOnce() async throws {
    let (one, two) = (
      ClientCertificate(certificateFile: "1.pem", privateKeyFile: "1.key", password: "s3cret"),
      ClientCertificate(certificateFile: "2.pem", privateKeyFile: "2.key")
    )
    let provider = RotatingClientCertificateProvider(one)
    #expect(try await provider.updatedCertificate() == one)
    #expect(try await provider.updatedCertificate() == nil)
    provider.update(two)
    #expect(try await provider.updatedCertificate() == two)
    #expect(try await StaticClientCertificateProvider(one).updatedCertificate() == one)
    var shown = ""
    dump(one, to: &shown)
    #expect(!shown.contains("s3cret") && !"\(one)".contains("s3cret"))
  }
}
