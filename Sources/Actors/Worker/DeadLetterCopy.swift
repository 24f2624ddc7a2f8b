import Glibc

/// Makes the copy of a delivery that goes to the dead-letter queue: the body and properties as they came, and headers
/// that say what happened.
struct DeadLetterCopy: Sendable {
  /// Why.
  var reason: DeadLetterReason
  /// The error, without passwords and at most 4 KB.
  var error: String
  /// How many attempts were made to run the message.
  var attempts: Int
  /// The actor, when the body named one.
  var actor: String?

  /// The copy as a publish.
  func publication(of delivery: Delivery) -> Publication {
    var properties = delivery.properties
    // The broker's own notes on earlier deaths are about other queues than the one this copy goes to.
    properties.headers = properties.headers.filter { key, _ in !Self.isDeathHeader(key) && !key.hasPrefix("x-troupe-") }
    properties.headers["x-troupe-reason"] = .string(reason.rawValue)
    properties.headers["x-troupe-error"] = .string(error)
    properties.headers["x-troupe-attempts"] = .integer(Int64(attempts))
    properties.headers["x-troupe-queue"] = .string(delivery.queue)
    properties.headers["x-troupe-time"] = .integer(WallClock.now)
    properties.headers["x-troupe-actor"] = actor.map { .string(Excerpt($0, limit: 255).description) }
    properties.headers["x-troupe-host"] = Self.host.map { .string($0) }
    properties.headers["x-troupe-pid"] = .integer(Int64(getpid()))
    return Publication(route: .deadLetter(queue: delivery.queue), body: delivery.body, properties: properties)
  }

  static func isDeathHeader(_ key: String) -> Bool {
    key.hasPrefix("x-death") || key.hasPrefix("x-first-death-") || key.hasPrefix("x-last-death-")
  }

  private static let host: String? = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return nil }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()
}
