import Synchronization
import Testing

@testable import BoltDriver

@Suite struct ResolverTests {
  @Test func everyAddressOfAHostIsTriedInTurn() async throws {
    let server = try await ScriptedServer.start()
    let asked = Lock<[String]>([])
    let driver = try server.driver { configuration in
      configuration.uri.address.host = "graph.example"
      configuration.domainNameResolver = { host in
        asked.withLock { $0.append(host) }
        // Addresses of this machine that nobody listens on come first.
        return ["127.0.0.2", "127.0.0.3", "127.0.0.1"]
      }
    }
    #expect(try await driver.verifyConnectivity().address == "graph.example:\(server.address.port)")
    #expect(asked.withLock { $0 } == ["graph.example"])
    await driver.close()
  }

  @Test func aNameWithoutAddressesIsNoServer() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver { $0.domainNameResolver = { _ in [] } }
    let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
    #expect(error?.code == .serviceUnavailable)
    await driver.close()
  }

  @Test func aResolverThatFailsIsHeard() async throws {
    struct Oops: Error {}
    let server = try await ScriptedServer.start()
    let driver = try server.driver { $0.domainNameResolver = { _ in throw Oops() } }
    await #expect(throws: Oops.self) { try await driver.verifyConnectivity() }
    let routed = try server.driver { configuration in
      configuration.uri.scheme = .neo4j
      configuration.resolver = { _ in throw Oops() }
    }
    await #expect(throws: Oops.self) { try await routed.verifyConnectivity() }
    #expect(throws: BoltError.self) { try server.driver { $0.resolver = { [$0] } } }
    await driver.close()
    await routed.close()
  }
}
