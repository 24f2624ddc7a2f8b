import Synchronization
import Testing

@testable import BoltDriver

/// Answers that are small on the wire and want to be large, deep or endless, through the whole driver.
@Suite("A server that sends bombs")
struct BombTests {
  /// A value for a list of one: what it claims, nobody sends.
  private static let values: [[UInt8]] = [
    [0xD6, 0x7F, 0xFF, 0xFF, 0xFF], [0xDA, 0x7F, 0xFF, 0xFF, 0xFF], [0xCE, 0xFF, 0xFF, 0xFF, 0xFF],
    [0xD2, 0xFF, 0xFF, 0xFF, 0xFF], [0xDA, 0x00, 0x00, 0x00, 0x01, 0xC0],
    [UInt8](repeating: 0x91, count: 60_000), [UInt8]([[UInt8]](repeating: [0xA1, 0x81, 0x61], count: 20_000).joined()),
    [UInt8]([[UInt8]](repeating: [0xB1, 0x7A], count: 30_000).joined()), [0x85, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
  ]

  /// A message in chunks.
  private static func message(_ bytes: [UInt8]) -> [UInt8] {
    var message: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 65_535) {
      let part = bytes[start..<min(start + 65_535, bytes.count)]
      message += [UInt8(part.count >> 8), UInt8(part.count & 0xFF)] + part
    }
    return message + [0, 0]
  }

  @Test("in a record: whoever reads it hears of it, and nobody else", arguments: values.indices)
  func record(_ number: Int) async throws {
    let isSent = Lock(false)
    let server = try await ScriptedServer.start { request in
      guard request.kind == .pull, !isSent.withLock({ $0 }) else { return nil }
      isSent.withLock { $0 = true }
      return [.bytes(Self.message([0xB1, 0x71, 0x91] + Self.values[number])), .success(["type": "r"])]
    }
    let driver = try server.driver()
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("MATCH", accessMode: .read) }
    #expect(error?.code == .protocolViolation, "\(String(describing: error))")
    try await soon("nothing is in use") { driver.poolMetrics[0].inUse == 0 }
    #expect(try await driver.executeQuery("MATCH").records.count == 1)
    await driver.close()
    try await server.stop()
  }

  @Test("in the metadata of an answer: the connection is closed", arguments: values.indices)
  func metadata(_ number: Int) async throws {
    for kind in [BoltRequest.Kind.hello, .run, .pull] {
      for tag in [0x70, 0x7F] as [UInt8] {
        let server = try await ScriptedServer.start { request in
          request.kind == kind ? [.bytes(Self.message([0xB1, tag, 0xA1, 0x81, 0x61] + Self.values[number]))] : nil
        }
        let driver = try server.driver()
        let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("MATCH") }
        #expect(error?.code == .protocolViolation, "\(kind): \(String(describing: error))")
        #expect(driver.poolMetrics[0].inUse == 0 && driver.poolMetrics[0].idle == 0)
        await driver.close()
        try await server.stop()
      }
    }
  }

  @Test("a structure of an unknown tag and fifteen fields is a value that cannot be read, and harms nothing else")
  func unknownStructure() async throws {
    let structure: [UInt8] = [0xBF, 0x7A] + [UInt8](repeating: 0x01, count: 15)
    let server = try await ScriptedServer.start { request in
      request.kind == .pull
        ? [.bytes(Self.message([0xB1, 0x71, 0x91] + structure)), .record([2]), .success(["type": "r"])] : nil
    }
    let driver = try server.driver()
    let records = try await driver.executeQuery("MATCH", accessMode: .read).records
    #expect(records.count == 2)
    #expect(throws: BoltDecodingError.self) { try records[0].get("x", as: Int.self) }
    #expect(try records[1].get("x", as: Int.self) == 2)
    await driver.close()
    try await server.stop()
  }

  @Test("a message that never ends")
  func endless() async throws {
    let chunk: [UInt8] = [0xFF, 0xFF] + [UInt8](repeating: 0x91, count: 65_535)
    let server = try await ScriptedServer.start { request in
      request.kind == .run ? [ScriptedServer.Reply](repeating: .bytes(chunk), count: 900) : nil
    }
    let driver = try server.driver()
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("MATCH") }
    #expect(error?.code == .protocolViolation)
    #expect(error?.message.contains("longer than") == true)
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
    try await server.stop()
  }
}
