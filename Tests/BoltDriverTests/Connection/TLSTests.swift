import FoundationEssentials
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import BoltDriver

/// Which servers are believed, and which are not.
@Suite struct TLSTests {
  /// What a server shows, and by which name it is asked for.
  enum Refused: CaseIterable {
    case expired
    case anotherHost
    case anotherHostByName
    case anotherAuthority
    case systemAuthorities
  }

  /// Lends a file with certificates.
  private func withFile<Result>(_ pem: String, _ body: (String) async throws -> Result) async throws -> Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "troupe-ca-\(UInt64.random(in: 0...(.max))).pem")
      .path
    try pem.write(toFile: path, atomically: true, encoding: .utf8)
    do {
      let result = try await body(path)
      try FileManager.default.removeItem(atPath: path)
      return result
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw error
    }
  }

  private func configure(
    _ configuration: inout DriverConfiguration, _ scheme: BoltURI.Scheme, host: String = "127.0.0.1",
    authority: String? = nil
  ) {
    configuration.uri.scheme = scheme
    configuration.uri.address.host = host
    configuration.connectTimeout = .seconds(20)
    if let authority { configuration.trust = .certificateFiles([authority]) }
  }

  @Test(arguments: ["127.0.0.1", "localhost"])
  func aCertificateOfATrustedAuthorityIsBelieved(_ host: String) async throws {
    let server = try await ScriptedServer.start(tls: TestCertificates.context(TestCertificates.good))
    try await withFile(TestCertificates.authority) { authority in
      let driver = try server.driver { configure(&$0, .boltSecure, host: host, authority: authority) }
      #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
      await driver.close()
    }
    try await server.stop()
  }

  @Test(arguments: Refused.allCases)
  func everyOtherIsRefusedBeforeAnythingIsSaid(_ reason: Refused) async throws {
    let certificate =
      switch reason {
      case .expired: TestCertificates.expired
      case .anotherHost, .anotherHostByName: TestCertificates.ofAnotherHost
      case .anotherAuthority, .systemAuthorities: TestCertificates.good
      }
    let server = try await ScriptedServer.start(tls: TestCertificates.context(certificate))
    let trusted = reason == .anotherAuthority ? TestCertificates.anotherAuthority : TestCertificates.authority
    try await withFile(trusted) { authority in
      let driver = try server.driver {
        configure(
          &$0, .boltSecure, host: reason == .anotherHostByName ? "localhost" : "127.0.0.1",
          authority: reason == .systemAuthorities ? nil : authority)
        $0.maximumRetryTime = .seconds(30)
      }
      let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
      #expect(error?.code == .tlsFailure, "\(String(describing: error))")
      #expect(error?.isRetryable == false)
      #expect(driver.poolMetrics[0].inUse == 0 && driver.poolMetrics[0].created == 0)
      await driver.close()
    }
    #expect(server.requests.isEmpty, "no password is shown to a stranger")
    try await server.stop()
  }

  @Test(arguments: [TestCertificates.expired, TestCertificates.ofAnotherHost, TestCertificates.good])
  func anyIsTakenWhereTheURISaysSo(_ certificate: String) async throws {
    let server = try await ScriptedServer.start(tls: TestCertificates.context(certificate))
    let driver = try server.driver { configure(&$0, .boltSelfSigned) }
    #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
    await driver.close()
    try await server.stop()
  }

  @Test(arguments: [BoltURI.Scheme.boltSecure, .boltSelfSigned])
  func oldVersionsOfTLSAreNotSpoken(_ scheme: BoltURI.Scheme) async throws {
    let tls = try TestCertificates.context(TestCertificates.good, maximumVersion: .tlsv11, minimumVersion: .tlsv1)
    let server = try await ScriptedServer.start(tls: tls)
    try await withFile(TestCertificates.authority) { authority in
      let driver = try server.driver {
        configure(&$0, scheme, authority: scheme == .boltSecure ? authority : nil)
      }
      let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
      #expect(error?.code == .tlsFailure)
      await driver.close()
    }
    #expect(server.requests.isEmpty)
    try await server.stop()
  }

  @Test func plainTextToAServerThatWantsTLSIsALossAndSaysWhy() async throws {
    let server = try await ScriptedServer.start(tls: TestCertificates.context(TestCertificates.good))
    let driver = try server.driver { configure(&$0, .bolt) }
    let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
    #expect(error?.code == .protocolViolation)
    #expect(error?.message.contains("bolt+s://") == true, "\(String(describing: error))")
    #expect(server.requests.isEmpty)
    await driver.close()
    try await server.stop()
  }

  /// F48: bytes come, but so slowly that the handshake never ends.
  @Test(arguments: [BoltURI.Scheme.bolt, .boltSelfSigned])
  func aHandshakeThatTricklesIsGivenUp(_ scheme: BoltURI.Scheme) async throws {
    let server = try await TricklingServer.start()
    var configuration = DriverConfiguration(uri: BoltURI(scheme: scheme, address: server.address))
    configuration.maximumRetryTime = .zero
    configure(&configuration, scheme)
    configuration.connectTimeout = .milliseconds(500)
    let driver = try Driver(configuration)
    let begin = ContinuousClock.now
    let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
    #expect(error?.code == .connectTimeout, "\(String(describing: error))")
    #expect(begin.duration(to: .now) < .seconds(20))
    try await soon("the connection is closed") { server.open == 0 }
    await driver.close()
    try await server.stop()
  }

  @Test func cancellingDuringTheTLSHandshakeLeavesNothingOpen() async throws {
    let server = try await TricklingServer.start()
    let driver = try Driver(
      DriverConfiguration(uri: BoltURI(scheme: .boltSelfSigned, address: server.address)))
    let task = Task { try await driver.verifyConnectivity() }
    try await soon("the handshake has begun") { server.open == 1 }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    // The pool finishes the connection for the next borrower, until it is closed.
    await driver.close()
    try await soon("the connection is closed") { server.open == 0 }
    #expect(driver.poolMetrics[0].inUse == 0 && driver.poolMetrics[0].creating == 0)
    try await server.stop()
  }
}
