import Testing

@testable import BoltDriver

/// How a connection is left.
@Suite struct FarewellTests {
  @Test func whatTheServerStillSaysIsHeardOut() async throws {
    // More than the buffers of both sides hold: it goes through only if somebody takes it.
    let noise = [UInt8](repeating: 0, count: 16 * 1024 * 1024)
    let server = try await ScriptedServer.start { $0.kind == .goodbye ? [.bytes(noise)] : nil }
    let driver = try server.driver()
    _ = try await driver.executeQuery("RETURN 1")
    await driver.close()
    try await soon("the server has said everything") { server.farewells == [true] }
  }
}
