import Testing

@testable import BoltDriver

/// Every version that the real server and the driver have in common, spoken with it.
@Suite struct ServerVersionTests {
  private static let versions: [BoltVersion] = [.v30, .v44, .v50, .v51, .v52, .v53, .v54]

  /// Lends a driver that is offered one version only.
  private func withDriver(_ version: BoltVersion, _ body: (Driver) async throws -> Void) async throws {
    var configuration = try GraphServer.configuration()
    let proxy = try await OfferingProxy.start(to: configuration.uri.address, offering: version)
    configuration.uri.address = proxy.address
    // Databases have names from 4.0 on.
    if version < .v40 { configuration.database = nil }
    let driver = try Driver(configuration)
    do {
      #expect(try await driver.verifyConnectivity().protocolVersion == version)
      try await body(driver)
      try await soon("nothing is in use") { driver.poolMetrics[0].inUse == 0 }
      await driver.close()
    } catch {
      await driver.close()
      try await proxy.stop()
      throw error
    }
    try await proxy.stop()
  }

  @Test(arguments: versions)
  func everyValueComesBackAsItWent(_ version: BoltVersion) async throws {
    try await withDriver(version) { driver in
      try await driver.withSession { session in
        for value in EchoedValues.all {
          let echo = try await session.run("RETURN \(value) AS x").single()["x"]
          #expect(echo == value, "\(value.typeName)")
        }
      }
    }
  }

  @Test(arguments: versions)
  func theGraphIsReadAndWritten(_ version: BoltVersion) async throws {
    let label = GraphServer.uniqueLabel()
    try await withDriver(version) { driver in
      try await driver.executeWrite { transaction in
        try await transaction.run(
          "CREATE (:\(label: label) {name: 'a'})-[:KNOWS {since: 2020}]->(:\(label: label) {name: 'b'})"
        ).consume()
      }
      let record = try #require(
        try await driver.executeQuery(
          "MATCH p = (a:\(label: label))-[r:KNOWS]->(b) RETURN a, r, b, p", accessMode: .read
        ).records.first)
      let (a, r) = (try record.get("a", as: BoltNode.self), try record.get("r", as: BoltRelationship.self))
      let path = try record.get("p", as: BoltPath.self)
      #expect(a.labels == [label] && a["name"] == "a")
      #expect(!a.elementID.isEmpty && r.startElementID == a.elementID)
      #expect(r.type == "KNOWS" && r["since"] == 2020)
      #expect(path.length == 1 && path.start.elementID == a.elementID && path.end["name"] == "b")
      let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETRUN 1") }
      #expect(error?.code.rawValue == "Neo.ClientError.Statement.SyntaxError")
      let deletion = try await driver.executeQuery("MATCH (n:\(label: label)) DETACH DELETE n")
      #expect(deletion.summary.counters.nodesDeleted == 2)
    }
  }

  @Test func aVersionThatTheServerDoesNotSpeakIsAClearError() async throws {
    var configuration = try GraphServer.configuration()
    let proxy = try await OfferingProxy.start(to: configuration.uri.address, offering: BoltVersion(5, 8))
    configuration.uri.address = proxy.address
    let driver = try Driver(configuration)
    let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
    #expect(error?.code == .unsupportedVersion)
    await driver.close()
    try await proxy.stop()
  }
}
