import NIOCore
import NIOPosix
import Testing

@testable import BoltDriver

/// Servers that do not behave, through the whole driver.
@Suite struct ConnectionFaultTests {
  private func error(
    _ server: ScriptedServer, _ change: (inout DriverConfiguration) -> Void = { _ in }
  ) async throws -> BoltError {
    let driver = try server.driver(change)
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
    return try #require(error)
  }

  @Test func loggingInIsVerified() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    let info = try await driver.verifyConnectivity()
    #expect(info.agent == "Neo4j/5.26.0-scripted")
    #expect(info.protocolVersion == .v54)
    #expect(server.requests == [.hello, .logon])
    // What has been idle must answer again.
    try await driver.verifyConnectivity()
    #expect(server.requests == [.hello, .logon, .reset])
    guard case .map(let auth)? = server.requests(.logon).first?.fields.first else {
      Issue.record("no LOGON")
      return
    }
    #expect(auth == ["scheme": "basic", "principal": "user", "credentials": "s3cret"])
    await driver.close()
  }

  @Test(arguments: [BoltVersion.v44, .v50, .v58])
  func everyVersionLogsInItsOwnWay(_ version: BoltVersion) async throws {
    let server = try await ScriptedServer.start(version: version)
    let driver = try server.driver()
    #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
    #expect(server.requests(.logon).count == (version >= .v51 ? 1 : 0))
    await driver.close()
  }

  @Test func theManifestLeadsToSix() async throws {
    let server = try await ScriptedServer.start(handshake: [0, 0, 1, 0xFF, 1, 0, 0, 0, 6, 0])
    let driver = try server.driver()
    #expect(try await driver.verifyConnectivity().protocolVersion == .v60)
    let vector = BoltValue.vector(.float32([1, 2]))
    _ = try await driver.executeQuery("RETURN \(vector)")
    #expect(server.requests(.run)[0].fields[1] == ["p0": vector])
    await driver.close()
  }

  @Test func aRefusedLoginIsNotTriedAgainAndTellsNoPassword() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .logon ? [.failure("Neo.ClientError.Security.Unauthorized", "wrong"), .close] : nil
    }
    let error = try await error(server) { $0.maximumRetryTime = .seconds(30) }
    #expect(error.code.rawValue == "Neo.ClientError.Security.Unauthorized")
    #expect(!"\(error)".contains("s3cret"))
    #expect(server.connections == 1)
  }

  @Test(
    arguments: [
      ([0x48, 0x54, 0x54, 0x50], BoltError.Code.protocolViolation), ([0, 0, 0, 0], .unsupportedVersion),
      ([9, 9, 9, 9], .protocolViolation), ([0, 0, 1, 0xFF, 0xFF, 0xFF, 0x7F], .protocolViolation),
    ] as [([UInt8], BoltError.Code)])
  func badHandshakesAreClearErrors(_ answer: [UInt8], _ code: BoltError.Code) async throws {
    #expect(try await error(try await ScriptedServer.start(handshake: answer)).code == code)
  }

  @Test func aServerWithoutTLSIsSaidToBeSo() async throws {
    let server = try await ScriptedServer.start()
    #expect(try await error(server) { $0.uri.scheme = .boltSelfSigned }.code == .tlsFailure)
  }

  @Test func nobodyListensIsSaidAtOnce() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await server.stop()
    let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
    #expect(error?.code == .serviceUnavailable)
    #expect(error?.isRetryable == true)
    await driver.close()
  }

  @Test func aServerThatSaysNothingIsGivenUp() async throws {
    let server = try await ScriptedServer.start(handshake: [])
    let begin = ContinuousClock.now
    let error = try await error(server) { $0.connectTimeout = .milliseconds(200) }
    #expect(error.code == .connectTimeout)
    #expect(begin.duration(to: .now) < .seconds(8))
  }

  @Test func aLoginThatIsNotAnsweredIsGivenUp() async throws {
    let server = try await ScriptedServer.start { $0.kind == .hello ? [.noop] : [] }
    #expect(try await error(server) { $0.connectTimeout = .milliseconds(200) }.code == .connectTimeout)
  }

  @Test func aLoginMayHaveMoreTimeThanConnecting() async throws {
    let server = try await ScriptedServer.start(handshake: [])
    let begin = ContinuousClock.now
    let error = try await error(server) { configuration in
      configuration.connectTimeout = .milliseconds(100)
      configuration.loginTimeout = .milliseconds(400)
    }
    #expect(error.code == .connectTimeout)
    #expect((Duration.milliseconds(450)..<Duration.seconds(8)).contains(begin.duration(to: .now)))
  }

  private static let garbage: [[UInt8]] = [
    [0, 3, 1, 2, 3, 0, 0], [0, 1, 0xB1, 0, 0], [0, 7, 0xB1, 0x70, 0xDA, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0],
    [0, 7, 0xB1, 0x71, 0xD6, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0], [0, 2, 0xB0, 0x7E, 0, 0],
  ]

  @Test(arguments: garbage)
  func garbageClosesTheConnection(_ bytes: [UInt8]) async throws {
    let server = try await ScriptedServer.start { $0.kind == .run ? [.bytes(bytes)] : nil }
    #expect(try await error(server).code == .protocolViolation)
  }

  @Test func aFloodOfSignsOfLifeEnds() async throws {
    let flood = [UInt8](repeating: 0, count: 400_000)
    let server = try await ScriptedServer.start { $0.kind == .run ? [.bytes(flood)] : nil }
    #expect(try await error(server).code == .protocolViolation)
  }

  @Test func aServerThatPromisedSignsOfLifeAndIsSilentIsDead() async throws {
    let server = try await ScriptedServer.start { request in
      switch request.kind {
      case .hello: [.success(["server": "Neo4j/5.26.0", "hints": ["connection.recv_timeout_seconds": 1]])]
      case .run: []
      default: nil
      }
    }
    let error = try await error(server)
    #expect(error.code == .serviceUnavailable)
    #expect(error.message.contains("silent"))
  }

  @Test func aServerThatTakesNothingIsGivenUp() async throws {
    let server = try await ScriptedServer.start { $0.kind == .begin ? [.deaf, .success([:])] : nil }
    let driver = try server.driver { $0.connectTimeout = .seconds(2) }
    let large = BoltValue.bytes([UInt8](repeating: 1, count: 32 * 1024 * 1024))
    try await driver.withSession { session in
      let transaction = try await session.beginTransaction()
      let error = await #expect(throws: BoltError.self) { try await transaction.run("RETURN \(large)") }
      #expect(error?.code == .serviceUnavailable)
      #expect(error?.message.contains("takes nothing") == true)
    }
    await driver.close()
  }

  @Test func aConnectionLostAtEachStepLeavesNothingInUse() async throws {
    for kind in [BoltRequest.Kind.hello, .logon, .begin, .run, .pull] {
      let server = try await ScriptedServer.start { $0.kind == kind ? [.close] : nil }
      #expect(try await error(server).code == .serviceUnavailable)
    }
  }

  @Test func cancellingAtEachStepLeavesNothingInUse() async throws {
    for kind in [BoltRequest.Kind.hello, .logon, .begin, .run, .pull, .commit] {
      let server = try await ScriptedServer.start { $0.kind == kind ? [] : nil }
      let driver = try server.driver { $0.acquisitionTimeout = .seconds(2) }
      let task = Task {
        try await driver.withSession { session in
          try await session.executeWrite { transaction in
            _ = try await transaction.run("CREATE ()").collect()
          }
        }
      }
      try await soon("\(kind) arrives") { server.requests.contains(kind) }
      task.cancel()
      let result = await task.result
      #expect(throws: (any Error).self) { try result.get() }
      try await soon("nothing is in use after \(kind)") {
        driver.poolMetrics[0].inUse == 0 && driver.poolMetrics[0].creating == 0
      }
      await driver.close()
    }
  }

  @Test func aCancelledReaderDoesNotHarmTheNext() async throws {
    let server = try await ScriptedServer.start { request in
      guard request.kind == .pull else { return nil }
      // The first query, in a session, asks for a thousand; the second for all.
      return request.fields == [["n": 1000]] ? [.record([1])] : nil
    }
    let driver = try server.driver { $0.maximumPoolSize = 1 }
    let task = Task {
      try await driver.withSession { session in
        for try await _ in try await session.run("MATCH") {}
      }
    }
    try await soon("records are awaited") { server.requests.contains(.pull) }
    task.cancel()
    _ = await task.result
    try await soon("the connection is free again") { driver.poolMetrics[0].idle == 1 }
    #expect(try await driver.executeQuery("RETURN 1", accessMode: .read).records.isEmpty == false)
    #expect(server.connections == 1)
    await driver.close()
  }

  @Test func anAnswerCutAnywhereIsALossAndLeavesNothingInUse() async throws {
    let answer: [ScriptedServer.Reply] = [.success(["fields": ["x"]]), .record([1]), .success(["type": "r"])]
    // Fewer than forty bytes in all, so the last cases are the whole of it.
    for count in 0...40 {
      let server = try await ScriptedServer.start { $0.kind == .run ? [.cut(answer, count)] : nil }
      let driver = try server.driver()
      let records = try? await driver.withSession { session in try await session.run("MATCH").collect() }
      #expect(records == nil || records?.map(\.values) == [[1]])
      #expect(driver.poolMetrics[0].inUse == 0)
      await driver.close()
      try await server.stop()
    }
  }

  @Test func anAnswerInSingleBytesIsPutTogether() async throws {
    let server = try await ScriptedServer.start { request in
      switch request.kind {
      case .run: [.trickle([.success(["fields": ["x"]])])]
      case .pull: [.noop, .trickle([.record(["text"]), .record([.null])]), .noop, .trickle([.success(["type": "r"])])]
      default: nil
      }
    }
    let driver = try server.driver()
    let result = try await driver.executeQuery("MATCH")
    #expect(result.records.map(\.values) == [["text"], [nil]])
    await driver.close()
  }

  @Test func aStaleConnectionIsReplaced() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .commit && request.connection == 0 ? [.success([:]), .close] : nil
    }
    let driver = try server.driver()
    _ = try await driver.executeQuery("RETURN 1")
    try await soon("the loss is seen") { driver.poolMetrics[0].idle == 0 }
    _ = try await driver.executeQuery("RETURN 1")
    #expect(server.connections == 2)
    await driver.close()
  }
}
