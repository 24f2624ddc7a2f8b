import Testing

@testable import Actors

@Suite("Frames become messages")
struct ContentAssemblerTests {
  private let delivery = ContentAssembler.Kind.delivery(tag: 7, redelivered: true, isExtra: false)

  private func append(_ bytes: [UInt8], to assembler: inout ContentAssembler) throws -> ContentAssembler.Content? {
    try bytes.withUnsafeBytes { try assembler.body($0) }
  }

  private func bytes(of body: MessageBody?) -> [UInt8]? { body.map { $0.withUnsafeBytes { Array($0) } } }

  @Test("A body in several frames")
  func severalFrames() throws {
    var assembler = ContentAssembler(maxBodySize: 100)
    try assembler.begin(delivery)
    #expect(try assembler.header(size: 5, MessageProperties(messageID: "a")) == nil)
    #expect(try append([1, 2], to: &assembler) == nil)
    let content = try #require(try append([3, 4, 5], to: &assembler))
    #expect(bytes(of: content.body) == [1, 2, 3, 4, 5])
    #expect(content.kind == delivery)
    #expect(content.properties?.messageID == "a")
  }

  @Test("An empty body needs no frame")
  func emptyBody() throws {
    var assembler = ContentAssembler(maxBodySize: 100)
    try assembler.begin(delivery)
    let content = try #require(try assembler.header(size: 0, MessageProperties()))
    #expect(content.body?.count == 0)
  }

  @Test("A body above the limit goes to a file, whole")
  func largeBody() throws {
    var assembler = ContentAssembler(maxBodySize: 1_000)
    try assembler.begin(delivery)
    let part = [UInt8](repeating: 0xAB, count: 4_096)
    #expect(try assembler.header(size: 8_192, MessageProperties()) == nil)
    #expect(try append(part, to: &assembler) == nil)
    let content = try #require(try append(part, to: &assembler))
    guard case .mapped(let file) = content.body else {
      Issue.record("the body is in memory")
      return
    }
    #expect(file.count == 8_192)
    #expect(bytes(of: content.body) == part + part)
  }

  @Test("A claimed size is believed only as far as bytes have come")
  func claimedSize() throws {
    var assembler = ContentAssembler(maxBodySize: .max)
    try assembler.begin(delivery)
    #expect(throws: RabbitMQError.self) { try assembler.header(size: .max, MessageProperties()) }
    #expect(try assembler.header(size: 1 << 31, MessageProperties()) == nil)
  }

  @Test("Frames out of order are a violation, not a crash")
  func disorder() throws {
    var assembler = ContentAssembler(maxBodySize: 100)
    #expect(throws: RabbitMQError.self) { try assembler.header(size: 1, MessageProperties()) }
    #expect(throws: RabbitMQError.self) { try append([1], to: &assembler) }
    try assembler.begin(delivery)
    #expect(throws: RabbitMQError.self) { try assembler.begin(delivery) }
    #expect(throws: RabbitMQError.self) { try append([1], to: &assembler) }
    #expect(try assembler.header(size: 2, MessageProperties()) == nil)
    #expect(throws: RabbitMQError.self) { try assembler.header(size: 2, MessageProperties()) }
    #expect(throws: RabbitMQError.self) { try append([1, 2, 3], to: &assembler) }
  }
}
