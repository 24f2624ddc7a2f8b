internal import CRabbitMQ

/// Publishes as frames in memory, to be written with one call. The library writes every frame by itself, three for a small
/// message, and each costs a system call, which is most of what a publish costs. It still encodes them.
struct PublishBuffer: ~Copyable {
  /// With so many bytes it is time to write them.
  static let threshold = 32_768
  /// Larger bodies are left to the library.
  static let largestBody = 16_384
  private static let capacity = threshold + 2 * largestBody
  /// Type, channel, length; and the end.
  private static let frameOverhead = 8

  private let memory: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init() { memory = .allocate(byteCount: Self.capacity, alignment: 8) }
  deinit { memory.deallocate() }

  var isEmpty: Bool { count == 0 }
  /// Whether it should be written before more is added.
  var isFull: Bool { count >= Self.threshold }
  /// What has gathered, until the next change.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  mutating func removeAll() { count = 0 }

  /// Adds a publish.
  ///
  /// - Parameter frameMax: The largest frame that was agreed on.
  /// - Returns: False, with nothing added, when it is too large for this buffer; the library has to write it then.
  mutating func append(
    _ method: inout amqp_basic_publish_t, _ properties: inout amqp_basic_properties_t, _ body: UnsafeRawBufferPointer,
    on channel: UInt16, frameMax: Int
  ) -> Bool {
    let start = count
    guard body.count <= min(Self.largestBody, frameMax - Self.frameOverhead), !isFull,
      appendMethod(&method, channel), appendHeader(&properties, bodySize: body.count, channel, frameMax),
      body.isEmpty || appendBody(body, channel)
    else {
      count = start
      return false
    }
    return true
  }

  private mutating func appendMethod(_ method: inout amqp_basic_publish_t, _ channel: UInt16) -> Bool {
    appendFrame(AMQP_FRAME_METHOD, channel) { payload in
      guard payload.count > 4 else { return -1 }
      Self.store(UInt32(AMQP_BASIC_PUBLISH_METHOD), payload, at: 0)
      let rest = amqp_bytes_t(len: payload.count - 4, bytes: payload.baseAddress.map { $0 + 4 })
      let length = amqp_encode_method(AMQP_BASIC_PUBLISH_METHOD, &method, rest)
      return length < 0 ? -1 : Int(length) + 4
    }
  }

  private mutating func appendHeader(
    _ properties: inout amqp_basic_properties_t, bodySize: Int, _ channel: UInt16, _ frameMax: Int
  ) -> Bool {
    appendFrame(AMQP_FRAME_HEADER, channel) { payload in
      guard payload.count > 12 else { return -1 }
      // The class, its weight, which is always zero, and the size of the body.
      Self.store(UInt16(AMQP_BASIC_CLASS), payload, at: 0)
      Self.store(UInt16(0), payload, at: 2)
      Self.store(UInt64(bodySize), payload, at: 4)
      let rest = amqp_bytes_t(len: payload.count - 12, bytes: payload.baseAddress.map { $0 + 12 })
      let length = amqp_encode_properties(UInt16(AMQP_BASIC_CLASS), &properties, rest)
      return length < 0 || Int(length) + 12 + Self.frameOverhead > frameMax ? -1 : Int(length) + 12
    }
  }

  private mutating func appendBody(_ body: UnsafeRawBufferPointer, _ channel: UInt16) -> Bool {
    appendFrame(AMQP_FRAME_BODY, channel) { payload in
      guard payload.count >= body.count else { return -1 }
      payload.copyMemory(from: body)
      return body.count
    }
  }

  /// Adds a frame whose payload `write` puts into the room that is left; it returns the length, or a negative number.
  private mutating func appendFrame(
    _ type: Int32, _ channel: UInt16, _ write: (UnsafeMutableRawBufferPointer) -> Int
  ) -> Bool {
    let room = memory.count - count - Self.frameOverhead
    guard room > 0 else { return false }
    let payload = UnsafeMutableRawBufferPointer(rebasing: memory[(count + 7)..<(count + 7 + room)])
    let length = write(payload)
    guard length >= 0, length <= room else { return false }
    memory[count] = UInt8(truncatingIfNeeded: type)
    Self.store(channel, memory, at: count + 1)
    Self.store(UInt32(length), memory, at: count + 3)
    memory[count + 7 + length] = UInt8(AMQP_FRAME_END)
    count += length + Self.frameOverhead
    return true
  }

  private static func store(
    _ value: some FixedWidthInteger, _ target: UnsafeMutableRawBufferPointer, at offset: Int
  ) {
    target.storeBytes(of: value.bigEndian, toByteOffset: offset, as: type(of: value))
  }
}
