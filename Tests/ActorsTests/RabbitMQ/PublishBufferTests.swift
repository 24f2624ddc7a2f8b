import CRabbitMQ
import Testing

@testable import Actors

@Suite("Publishes as frames")
struct PublishBufferTests {
  private func append(
    _ buffer: inout PublishBuffer, _ body: [UInt8], key: String = "work", headers: [String: AMQPValue] = [:],
    frameMax: Int = 131_072
  ) -> Bool {
    let arena = FieldTable.Arena()
    var method = amqp_basic_publish_t(
      ticket: 0, exchange: amqp_empty_bytes, routing_key: arena.bytes(key), mandatory: 1, immediate: 0)
    var properties = amqp_basic_properties_t()
    properties.delivery_mode = 2
    properties._flags = amqp_flags_t(AMQP_BASIC_DELIVERY_MODE_FLAG)
    if !headers.isEmpty {
      properties.headers = arena.table(headers)
      properties._flags |= amqp_flags_t(AMQP_BASIC_HEADERS_FLAG)
    }
    return withExtendedLifetime(arena) {
      body.withUnsafeBytes { buffer.append(&method, &properties, $0, on: 7, frameMax: frameMax) }
    }
  }

  @Test("Method, header and body, byte for byte as the protocol says")
  func bytes() {
    var buffer = PublishBuffer()
    let first = append(&buffer, [1, 2, 3])
    #expect(first)
    let expected: [UInt8] =
      // basic.publish: reserved, exchange "", routing key "work", mandatory.
      [1, 0, 7, 0, 0, 0, 13, 0, 60, 0, 40, 0, 0, 0, 4] + Array("work".utf8) + [1, 0xCE]
      // The header: class, weight, size, flags, delivery mode.
      + [2, 0, 7, 0, 0, 0, 15, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0x10, 0, 2, 0xCE]
      + [3, 0, 7, 0, 0, 0, 3, 1, 2, 3, 0xCE]
    let written = Array(buffer.bytes)
    #expect(written == expected)
    let second = append(&buffer, [4])
    let more = buffer.count
    #expect(second && more > expected.count)
    buffer.removeAll()
    let none = buffer.count
    #expect(none == 0)
  }

  @Test("An empty body has no body frame")
  func emptyBody() {
    var buffer = PublishBuffer()
    let isAdded = append(&buffer, [])
    #expect(isAdded)
    let end = Array(buffer.bytes.suffix(4))
    #expect(end == [0x10, 0, 2, 0xCE])
  }

  @Test("What does not fit is refused and leaves nothing behind")
  func limits() {
    var buffer = PublishBuffer()
    let tooLarge = append(&buffer, Array(repeating: 0, count: PublishBuffer.largestBody + 1))
    #expect(!tooLarge)
    let overFrame = append(&buffer, Array(repeating: 0, count: 4_089), frameMax: 4_096)
    let untouched = buffer.count
    #expect(!overFrame && untouched == 0)
    let justFits = append(&buffer, Array(repeating: 0, count: 4_088), frameMax: 4_096)
    #expect(justFits)
    let before = buffer.count
    let headers = append(&buffer, [1], headers: ["h": .string(String(repeating: "x", count: 5_000))], frameMax: 4_096)
    #expect(!headers)
    let longKey = append(&buffer, [1], key: String(repeating: "k", count: 300))
    let after = buffer.count
    #expect(!longKey && after == before)
  }

  @Test("It takes publishes until it is full, whatever their size")
  func filling() {
    for size in [0, 1, 100, 4_000, PublishBuffer.largestBody] {
      var buffer = PublishBuffer()
      var added = 0
      while append(&buffer, Array(repeating: 7, count: size)) { added += 1 }
      let isFull = buffer.isFull
      #expect(isFull && added > 0)
    }
  }
}
