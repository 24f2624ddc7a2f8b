/// Puts the frames of one content (method, header, bodies) of one channel together.
struct ContentAssembler {
  /// What the content belongs to.
  enum Kind: Equatable {
    case delivery(tag: UInt64, redelivered: Bool, isExtra: Bool)
    case returned(Return)
  }

  /// A publish that the broker gave back, and where it had been meant to go.
  struct Return: Equatable {
    let text: String
    let exchange: String
    let key: String
  }

  /// A whole content.
  struct Content {
    let kind: Kind
    /// nil for none.
    let properties: MessageProperties?
    /// nil when the body was too large and no file could take it.
    let body: MessageBody?
    let size: Int
    /// Of a returned body, which is not kept.
    let digest: ContentDigest
  }

  private enum Storage {
    case memory([UInt8])
    case mapped(MappedBody)
    /// Counted only: no room, or nobody wants the body.
    case discarded
  }

  private let maxBodySize: Int
  private var kind: Kind?
  private var properties: MessageProperties?
  private var digest = ContentDigest()
  private var storage = Storage.discarded
  private var size = 0
  private var received = 0
  private var hasHeader = false

  init(maxBodySize: Int) { self.maxBodySize = maxBodySize }

  /// What began and has no header yet.
  var awaitsHeader: Kind? { hasHeader ? nil : kind }

  mutating func begin(_ kind: Kind) throws(RabbitMQError) {
    guard self.kind == nil else { throw violation("a new message began inside another") }
    self.kind = kind
    hasHeader = false
  }

  /// - Returns: The content, when it has no body.
  mutating func header(size bodySize: UInt64, _ properties: MessageProperties?) throws(RabbitMQError) -> Content? {
    guard let kind, !hasHeader else { throw violation("a content header came without a message") }
    // No broker allows more than 512 MiB in one message.
    guard let size = Int(exactly: bodySize), size <= 1 << 31 else {
      throw violation("a message claims \(bodySize) bytes")
    }
    hasHeader = true
    self.properties = properties
    self.size = size
    received = 0
    digest = ContentDigest()
    if case .returned = kind {
      storage = .discarded
    } else if size <= maxBodySize {
      storage = .memory([])
    } else {
      storage = MappedBody(count: size).map { .mapped($0) } ?? .discarded
    }
    return size == 0 ? finish(kind) : nil
  }

  /// - Returns: The content, when this was its last part.
  mutating func body(_ bytes: UnsafeRawBufferPointer) throws(RabbitMQError) -> Content? {
    guard let kind, hasHeader, bytes.count <= size - received else { throw violation("more body came than announced") }
    append(bytes)
    received += bytes.count
    return received == size ? finish(kind) : nil
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer) {
    switch storage {
    case .memory(var content):
      storage = .discarded  // leaves `content` as the only owner of its buffer
      // One frame is the usual case and needs one allocation; a longer body grows with what has really come.
      if content.isEmpty { content = Array(bytes) } else { content.append(contentsOf: bytes) }
      storage = .memory(content)
    case .mapped(let file): file.write(bytes, at: received)
    case .discarded: if case .returned = kind { digest.append(bytes) }
    }
  }

  private mutating func finish(_ kind: Kind) -> Content {
    defer {
      self.kind = nil
      storage = .discarded
      properties = nil
    }
    let body: MessageBody? =
      switch storage {
      case .memory(let bytes): .bytes(bytes)
      case .mapped(let file): .mapped(file)
      case .discarded: nil
      }
    return Content(kind: kind, properties: properties, body: body, size: size, digest: digest)
  }

  private func violation(_ what: String) -> RabbitMQError { RabbitMQError(.protocolViolation, what) }
}
