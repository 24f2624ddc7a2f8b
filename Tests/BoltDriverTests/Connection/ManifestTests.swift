import Testing

@testable import BoltDriver

/// The handshake by manifest (from Bolt 5.7 on), with servers that mean well and others.
@Suite struct ManifestTests {
  private static let manifest: [UInt8] = [0, 0, 1, 0xFF]

  /// What a server offers, and what the driver makes of it.
  struct Offer: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let version: BoltVersion
    var testDescription: String { name }
  }

  private static let offers = [
    Offer(
      name: "versions that are newer than the driver are passed over",
      bytes: [4, 0, 3, 9, 7, 0, 0, 0, 6, 0, 8, 8, 5, 0, 2, 4, 4, 0], version: .v60),
    Offer(name: "the best of a range", bytes: [1, 0, 9, 9, 5, 0], version: .v58),
    Offer(name: "a range that reaches below zero", bytes: [1, 0, 0xFF, 6, 5, 0], version: .v56),
    Offer(name: "a server that only speaks old ones", bytes: [1, 0, 2, 4, 4, 0], version: .v44),
    Offer(name: "capabilities of one byte", bytes: [1, 0, 0, 0, 6, 0x7F], version: .v60),
    Offer(name: "capabilities of three bytes", bytes: [1, 0, 0, 0, 6, 0xFF, 0x82, 0x71], version: .v60),
    Offer(
      name: "all 64 capabilities", bytes: [1, 0, 0, 8, 5] + [UInt8](repeating: 0xFF, count: 9) + [1], version: .v58),
    Offer(
      name: "a count of more bytes than it needs", bytes: [0x81, 0x80, 0x00, 0, 0, 0, 6, 0], version: .v60),
    Offer(
      name: "256 offers, the last of which is known",
      bytes: [0x80, 2] + [[UInt8]](repeating: [0, 0, 0, 0x63], count: 255).flatMap { $0 } + [0, 0, 7, 5, 0],
      version: .v57),
  ]

  @Test(arguments: offers)
  func theBestCommonVersionIsSpoken(_ offer: Offer) async throws {
    let server = try await ScriptedServer.start(version: offer.version, handshake: Self.manifest + offer.bytes)
    let driver = try server.driver()
    #expect(try await driver.serverInfo().protocolVersion == offer.version)
    #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
    // No capability is known yet, so none is claimed.
    #expect(server.choices == [[0, 0, offer.version.minor, offer.version.major, 0]])
    await driver.close()
    try await server.stop()
  }

  /// A manifest that comes to nothing, with what the driver says of it.
  private static let refused: [([UInt8], BoltError.Code)] = [
    ([0, 0], .unsupportedVersion), ([1, 0, 0, 0, 9, 0], .unsupportedVersion),
    ([2, 0, 0, 1, 6, 0, 0, 9, 5, 0], .unsupportedVersion),
    ([0x81, 2], .protocolViolation), ([UInt8](repeating: 0xFF, count: 10), .protocolViolation),
    ([1, 0, 0, 0, 6] + [UInt8](repeating: 0x80, count: 10), .protocolViolation),
    ([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], .protocolViolation),
  ]

  @Test(arguments: refused)
  func anOfferThatIsNoneIsRefusedAtOnce(_ bytes: [UInt8], _ code: BoltError.Code) async throws {
    let server = try await ScriptedServer.start(handshake: Self.manifest + bytes)
    let driver = try server.driver()
    let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
    #expect(error?.code == code && error?.isRetryable == false, "\(String(describing: error))")
    #expect(server.requests.isEmpty && server.choices.isEmpty && driver.poolMetrics[0].inUse == 0)
    await driver.close()
    try await server.stop()
  }

  /// A server that stops in the middle of its manifest costs no more than the time to connect; nothing is said to it.
  @Test(arguments: [[], [2], [2, 0, 0, 0], [2, 0, 0, 0, 6, 0, 8, 8, 5], [1, 0, 0, 0, 6, 0x80]] as [[UInt8]])
  func aManifestThatNeverEndsIsGivenUp(_ bytes: [UInt8]) async throws {
    let server = try await ScriptedServer.start(handshake: Self.manifest + bytes)
    let driver = try server.driver { $0.connectTimeout = .milliseconds(300) }
    let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
    #expect(error?.code == .connectTimeout)
    #expect(server.requests.isEmpty && server.choices.isEmpty)
    await driver.close()
    try await server.stop()
  }

  @Test func whoeverWantsRangesIsOfferedNoManifest() async throws {
    let server = try await ScriptedServer.start(handshake: Self.manifest + [1, 0, 0, 0, 6, 0])
    let driver = try server.driver { $0.negotiation = .ranges }
    let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
    #expect(error?.code == .protocolViolation && error?.message.contains("not offered") == true)
    await driver.close()
    try await server.stop()
  }
}
