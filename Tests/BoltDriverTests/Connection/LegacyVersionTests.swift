import Synchronization
import Testing

@testable import BoltDriver

/// Bolt 4.4: ids instead of element ids, and points in time as what a clock shows, unless the server grants the patch.
@Suite struct LegacyVersionTests {
  private static let utc = BoltDateTime(secondsSinceEpoch: 1_753_088_400, nanosecond: 7, zone: .offset(seconds: 7200))

  /// Serves what it was sent, as the columns of one record.
  private func echoing(grantsUTC: Bool) async throws -> ScriptedServer {
    let sent = Lock<BoltValue>(.null)
    return try await ScriptedServer.start(version: .v44, grantsUTC: grantsUTC) { request in
      switch request.kind {
      case .run:
        if case .map(let parameters)? = request.fields.dropFirst().first {
          sent.withLock { $0 = parameters["p0"] ?? .null }
        }
        return nil
      case .pull: return [.record([sent.withLock { $0 }]), .success(["type": "r"])]
      default: return nil
      }
    }
  }

  @Test(arguments: [false, true])
  func timesGoAndComeInTheFormThatWasAgreed(_ grantsUTC: Bool) async throws {
    let server = try await echoing(grantsUTC: grantsUTC)
    let driver = try server.driver()
    let time = try #require(Self.utc)
    let record = try #require(try await driver.executeQuery("RETURN \(time) AS x").records.first)
    #expect(record["x"] == .dateTime(time))
    // The server reads the form that it agreed to; the other would be no time to it.
    guard case .map(let parameters)? = server.requests(.run)[0].fields.dropFirst().first else {
      Issue.record("RUN has no parameters")
      return
    }
    #expect(parameters["p0"] == .dateTime(time))
    guard case .map(let hello)? = server.requests(.hello)[0].fields.first else {
      Issue.record("HELLO has no fields")
      return
    }
    #expect(hello["patch_bolt"] == ["utc"])
    #expect(hello["credentials"] == "s3cret", "4.4 logs in with HELLO")
    #expect(hello["bolt_agent"] == nil)
    await driver.close()
    try await server.stop()
  }

  @Test func onTheWireTheFormsDiffer() throws {
    let time = BoltValue.dateTime(try #require(Self.utc))
    let legacy = try PackStreamBytes.encode(time, PackStreamDialect(version: .v44))
    let patched = try PackStreamBytes.encode(time, PackStreamDialect(version: .v44, utcPatch: true))
    #expect(legacy[1] == 0x46 && patched[1] == 0x49)
    #expect(legacy.count == patched.count && legacy[2...] != patched[2...], "the clock of the zone is two hours ahead")
    #expect(try PackStreamBytes.decode(legacy, PackStreamDialect(version: .v44)) == time)
    #expect(try PackStreamBytes.decode(patched, PackStreamDialect(version: .v44, utcPatch: true)) == time)
    // Neither is taken for the other.
    let mistaken = try PackStreamBytes.decode(patched, PackStreamDialect(version: .v44))
    #expect(throws: BoltDecodingError.self) { try mistaken.decode(BoltDateTime.self) }
  }

  @Test(arguments: [false, true])
  func aNamedZoneGoesAndComesInBothForms(_ grantsUTC: Bool) async throws {
    let server = try await echoing(grantsUTC: grantsUTC)
    let driver = try server.driver()
    let time = try #require(
      BoltDateTime(secondsSinceEpoch: 1_753_088_400, zone: .identifier("Europe/Stockholm")))
    #expect(try await driver.executeQuery("RETURN \(time) AS x").records.first?["x"] == .dateTime(time))
    let nowhere = try #require(
      BoltDateTime(secondsSinceEpoch: 1_753_088_400, zone: .identifier("Atlantis/Secret")))
    if !grantsUTC {
      let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN \(nowhere) AS x") }
      #expect(error?.code == .unsendableValue)
      #expect(driver.poolMetrics[0].inUse == 0)
      #expect(try await driver.executeQuery("RETURN \(1) AS x").records.first?["x"] == 1)
      #expect(server.connections == 1)
    }
    await driver.close()
    try await server.stop()
  }

  @Test func transactionsAreAsEverywhere() async throws {
    let server = try await ScriptedServer.start(version: .v44)
    let driver = try server.driver { $0.database = "graph" }
    try await driver.executeWrite { transaction in try await transaction.run("CREATE ()").consume() }
    #expect(server.requests == [.hello, .begin, .run, .pull, .commit])
    #expect(server.requests(.begin)[0].fields == [["db": "graph"]])
    await driver.close()
    try await server.stop()
  }
}
