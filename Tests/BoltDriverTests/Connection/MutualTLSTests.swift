import FoundationEssentials
import Synchronization
import Testing

@testable import BoltDriver

/// Servers that demand a certificate of their clients.
@Suite struct MutualTLSTests {
  /// A folder with the certificates of this test alone.
  private final class Files {
    let folder = FileManager.default.temporaryDirectory.appending(path: "troupe-mtls-\(UInt64.random(in: 0...(.max)))")

    init() throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try write(TestCertificates.authority, "authority")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var authority: String { path("authority") }

    func path(_ name: String) -> String { folder.appending(path: "\(name).pem").path }

    func write(_ text: String, _ name: String) throws {
      try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    func certificate(
      _ pair: TestClientCertificates.Pair, _ name: String, password: String? = nil
    ) throws -> ClientCertificate {
      try write(pair.certificate, "\(name)-certificate")
      try write(pair.key, "\(name)-key")
      return ClientCertificate(
        certificateFile: path("\(name)-certificate"), privateKeyFile: path("\(name)-key"), password: password)
    }
  }

  private func server(_ behave: @escaping ScriptedServer.Behaviour = { _ in nil }) async throws -> ScriptedServer {
    let tls = try TestCertificates.context(
      TestCertificates.good, clientAuthority: TestClientCertificates.authority)
    return try await ScriptedServer.start(tls: tls, behave)
  }

  private func driver(
    _ server: ScriptedServer, _ files: Files, _ provider: (any ClientCertificateProvider)?
  ) throws -> Driver {
    try server.driver { configuration in
      configuration.uri.scheme = .boltSecure
      configuration.trust = .certificateFiles([files.authority])
      configuration.connectTimeout = .seconds(20)
      configuration.clientCertificate = provider
    }
  }

  /// A provider that takes its time with its one certificate.
  private struct SlowProvider: ClientCertificateProvider {
    let certificate: ClientCertificate
    let asked = Counter()
    let gate = Gate()

    func updatedCertificate() async throws -> ClientCertificate? {
      guard asked.next() == 1 else { return nil }
      await gate.wait()
      return certificate
    }
  }

  private final class Counter: Sendable {
    private let number = Lock(0)
    var value: Int { number.withLock { $0 } }
    func next() -> Int {
      number.withLock { number in
        number += 1
        return number
      }
    }
  }

  @Test func aCertificateOfTheAuthorityLetsIn() async throws {
    let (server, files) = (try await server(), try Files())
    let provider = StaticClientCertificateProvider(try files.certificate(TestClientCertificates.first, "first"))
    let driver = try driver(server, files, provider)
    #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
    #expect(try await server.clients() == ["first client"])
    await driver.close()
    try await server.stop()
  }

  @Test func aKeyMayHaveAPassword() async throws {
    let (server, files) = (try await server(), try Files())
    let certificate = try files.certificate(
      TestClientCertificates.second, "second", password: TestClientCertificates.passwordOfSecond)
    let driver = try driver(server, files, StaticClientCertificateProvider(certificate))
    #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
    #expect(try await server.clients() == ["second client"])
    await driver.close()
    try await server.stop()
  }

  /// With TLS 1.3 the server's refusal comes when the client takes the connection for secured already.
  @Test(arguments: [false, true])
  func withoutOneOrWithAStrangersNobodyGetsIn(_ isStranger: Bool) async throws {
    let (server, files) = (try await server(), try Files())
    let provider = StaticClientCertificateProvider(try files.certificate(TestClientCertificates.stranger, "stranger"))
    let driver = try driver(server, files, isStranger ? provider : nil)
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
    #expect(error?.code == .tlsFailure && error?.isRetryable == false, "\(String(describing: error))")
    #expect(error?.message.contains("clientCertificate") == true, "\(String(describing: error))")
    #expect(server.requests.isEmpty && driver.poolMetrics[0].inUse == 0 && driver.poolMetrics[0].idle == 0)
    await driver.close()
    try await server.stop()
  }

  @Test func whatIsReplacedWhileTheDriverRunsIsShownByNewConnections() async throws {
    let hangs = Lock(true)
    let server = try await server { request in
      request.kind == .run && request.connection == 0 && hangs.withLock { $0 } ? [] : nil
    }
    let files = try Files()
    let provider = RotatingClientCertificateProvider(try files.certificate(TestClientCertificates.first, "first"))
    let driver = try driver(server, files, provider)
    let busy = Task { try await driver.withSession { try await $0.run("RETURN 1").collect().count } }
    try await soon("the first connection is busy") { !server.requests(.run).isEmpty }
    provider.update(
      try files.certificate(
        TestClientCertificates.second, "second", password: TestClientCertificates.passwordOfSecond))
    #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
    #expect(try await server.clients() == ["first client", "second client"])
    // The certificate stays the one of the connections after that, too.
    server.drop()
    busy.cancel()
    _ = try? await busy.value
    try await soon("the connections are gone") {
      driver.poolMetrics[0].inUse == 0 && driver.poolMetrics[0].idle == 0
    }
    try await driver.verifyConnectivity()
    #expect(server.connections == 3)
    #expect(try await server.clients().last == "second client")
    await driver.close()
    try await server.stop()
  }

  @Test func aCertificateThatCannotBeReadIsSaidEachTime() async throws {
    let (server, files) = (try await server(), try Files())
    var certificate = try files.certificate(TestClientCertificates.second, "second", password: "wrong-password")
    let driver = try driver(server, files, StaticClientCertificateProvider(certificate))
    for _ in 0..<2 {
      let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
      #expect(error?.code == .invalidConfiguration && error?.message.contains("second-key") == true)
      #expect(!"\(String(describing: error))".contains("wrong-password"))
    }
    #expect(server.connections == 0)
    // As soon as the files can be read it is shown.
    certificate = try files.certificate(TestClientCertificates.first, "second")
    #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
    #expect(try await server.clients() == ["first client"])
    await driver.close()
    try await server.stop()
  }

  /// A provider hands a certificate over once: a connection made at the same time must not go out without it.
  @Test func connectionsMadeAtTheSameTimeAllShowIt() async throws {
    let (server, files) = (try await server { $0.kind == .run ? [] : nil }, try Files())
    let provider = SlowProvider(certificate: try files.certificate(TestClientCertificates.first, "first"))
    let driver = try driver(server, files, provider)
    let tasks = (0..<4).map { _ in Task { try await driver.executeQuery("RETURN 1") } }
    try await soon("four connections are being made") { driver.poolMetrics[0].creating == 4 }
    provider.gate.open()
    try await soon("four connections are at work") { server.requests(.run).count == 4 }
    #expect(try await server.clients() == Array(repeating: "first client", count: 4))
    for task in tasks { task.cancel() }
    for task in tasks { _ = try? await task.value }
    await driver.close()
    try await server.stop()
  }

  /// Where the scheme leaves it open, the settings ask for TLS.
  @Test(arguments: [BoltURI.Scheme.bolt, .neo4j])
  func thePlainSchemesTakeTheirTLSFromTheSettings(_ scheme: BoltURI.Scheme) async throws {
    let files = try Files()
    let address = Lock<String?>(nil)
    let server = try await ScriptedServer.start(tls: TestCertificates.context(TestCertificates.good)) { request in
      guard request.kind == .route, let address = address.withLock({ $0 }) else { return nil }
      let servers = ["ROUTE", "READ", "WRITE"].map { role -> BoltValue in
        ["role": .string(role), "addresses": [.string(address)]]
      }
      return [.success(["rt": ["ttl": 300, "db": "home", "servers": .list(servers)]])]
    }
    address.withLock { $0 = server.address.description }
    let trusts: [(TrustSettings, Bool)] = [
      (.certificateFiles([files.authority]), true), (.anyCertificate, true), (.system, false),
    ]
    for (trust, isTrusted) in trusts {
      let driver = try server.driver {
        $0.uri.scheme = scheme
        $0.encrypted = true
        $0.trust = trust
      }
      #expect(driver.isEncrypted)
      let before = server.requests(.hello).count
      if isTrusted {
        #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
      } else {
        await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
        #expect(server.requests(.hello).count == before)
      }
      await driver.close()
    }
    try await server.stop()
  }
}
