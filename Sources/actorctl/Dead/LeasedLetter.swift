import Actors

/// One message of a dead-letter queue, as far as it can be understood.
struct LeasedLetter: Sendable {
  /// By what it is acknowledged.
  let tag: UInt64
  /// The message id; for a body without one, a digest of the body.
  let id: String
  /// The actor's name; nil when the body does not say.
  let actor: String?
  /// Why it died; nil when nobody wrote that down.
  let reason: String?
  /// The last error, one line.
  let error: String
  /// How often it was run; nil when that is not known.
  let attempts: Int64?
  /// When it died, in Unix milliseconds; nil when that is not known.
  let diedAt: Int64?
  /// The queue it goes back to.
  let origin: String
  /// The body as it lies there.
  let body: [UInt8]
  /// Its properties.
  let properties: MessageProperties
  /// The body as a message; nil when it is none.
  let message: Message?

  /// Reads a leased message.
  ///
  /// - Parameter queue: The canonical name of the queue whose dead letters these are.
  init(_ leased: LeasedMessage, of queue: String) {
    self.init(tag: leased.tag, body: leased.body, properties: leased.properties, of: queue)
  }

  init(tag: UInt64, body: [UInt8], properties: MessageProperties, of queue: String) {
    let headers = properties.headers
    let death = Self.firstDeath(headers)
    var fault = ""
    do { message = try Message(decoding: body) } catch {
      message = nil
      fault = "\(error)"
    }
    self.tag = tag
    self.body = body
    self.properties = properties
    id = Self.id(message, body, properties)
    actor = message?.actorName ?? headers["x-troupe-actor"]?.stringValue
    reason =
      headers["x-troupe-reason"]?.stringValue
      ?? (message == nil ? "invalid_message" : death?["reason"]?.stringValue)
    error = headers["x-troupe-error"]?.stringValue ?? (fault.isEmpty ? Self.lastLine(of: message) : fault)
    attempts =
      headers["x-troupe-attempts"]?.integerValue ?? message?.options.integer("retries").map { $0 &+ 1 }
    diedAt = headers["x-troupe-time"]?.integerValue ?? Self.time(of: death)
    origin = Self.origin(headers, queue: queue)
  }

  /// How large the body is.
  var size: Int { body.count }

  /// The id must be the same the next time somebody looks: one that the decoder had to make up is not in the body.
  private static func id(_ message: Message?, _ body: [UInt8], _ properties: MessageProperties) -> String {
    if let id = message?.id, body.firstRange(of: Array(id.utf8)) != nil { return id }
    if let id = properties.messageID, !id.isEmpty { return id }
    return "#" + StableHash.text(of: body)
  }

  /// A header is only a hint, whoever can publish can write one: what is no queue name does not count.
  private static func origin(_ headers: [String: AMQPValue], queue: String) -> String {
    guard let name = headers["x-troupe-queue"]?.stringValue else { return queue }
    let canonical = QueueName.canonical(name)
    return (try? QueueName.validate(canonical)) == nil ? queue : canonical
  }

  /// The broker's own record of the first death: all there is when a dramatiq worker refused the message.
  private static func firstDeath(_ headers: [String: AMQPValue]) -> [String: AMQPValue]? {
    guard case .array(let deaths) = headers["x-death"], case .table(let death) = deaths.first else { return nil }
    return death
  }

  private static func time(of death: [String: AMQPValue]?) -> Int64? {
    guard case .timestamp(let seconds) = death?["time"] else { return nil }
    let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return overflow ? nil : Int64(exactly: milliseconds)
  }

  /// dramatiq keeps the traceback of the attempt before the last in the options.
  private static func lastLine(of message: Message?) -> String {
    let traceback = message?.options.string("traceback") ?? ""
    return traceback.split(separator: "\n").last.map(String.init) ?? ""
  }
}
