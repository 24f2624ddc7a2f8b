import Actors
import Synchronization

/// The RabbitMQ node that all tests of a run share: nobody stops it, nobody changes its settings, and every test uses
/// queues with names of its own.
package enum TestBroker {
  private static let starting = Lock<Task<Shared, any Error>?>(nil)

  private struct Shared: Sendable {
    let url: String
    let node: PrivateBroker?
  }

  /// The URL of the node: `TROUPE_TEST_AMQP_URL`, else a node started at the first use and removed when the process
  /// ends.
  ///
  /// - Throws: ``BrokerFailure`` when the node does not start.
  package static func url() async throws -> String { try await shared().url }

  /// The port of the node on loopback.
  ///
  /// - Throws: ``BrokerFailure`` when the node does not start or the given URL names no port.
  package static func port() async throws -> UInt16 {
    let url = try await url()
    guard let address = BrokerAddress(url) else { throw BrokerFailure(description: "TROUPE_TEST_AMQP_URL has no port") }
    return address.port
  }

  /// A connection for assertions.
  ///
  /// - Throws: ``WireError``.
  package static func client() async throws -> RawClient { try await RawClient.connect(url()) }

  private static func shared() async throws -> Shared {
    let task = starting.withLock { task in
      if let task { return task }
      let made = Task { try await start() }
      task = made
      return made
    }
    return try await task.value
  }

  private static func start() async throws -> Shared {
    if let url = ProjectLayout.environment("TROUPE_TEST_AMQP_URL") { return Shared(url: url, node: nil) }
    let node = try await PrivateBroker.start()
    return Shared(url: node.url, node: node)
  }
}

/// Host, port and log-in of an `amqp://` URL, as far as tests need them.
package struct BrokerAddress: Sendable {
  /// The host; a name or an IPv4 address.
  package let host: String
  /// The port; 5672 when the URL names none.
  package let port: UInt16
  /// The user; `guest` when the URL names none.
  package let user: String
  /// The password; `guest` when the URL names none.
  package let password: String
  /// The virtual host; `/` when the URL names none.
  package let virtualHost: String

  /// Reads a URL; nil when it is not of the form `amqp://[user:password@]host[:port][/vhost][?query]`.
  package init?(_ url: String) {
    guard url.hasPrefix("amqp://") else { return nil }
    let parts = url.dropFirst(7).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let authority = parts.first else { return nil }
    let halves = authority.split(separator: "@", maxSplits: 1)
    let login = halves.count == 2 ? halves[0].split(separator: ":", maxSplits: 1) : []
    guard let place = halves.last?.split(separator: ":", maxSplits: 1), let host = place.first else { return nil }
    self.host = String(host)
    guard let port = place.count == 2 ? UInt16(place[1]) : 5672 else { return nil }
    self.port = port
    user = login.first.map(String.init) ?? "guest"
    password = login.count == 2 ? String(login[1]) : "guest"
    let path = parts.count == 2 ? String(parts[1].prefix { $0 != "?" }) : ""
    virtualHost = path.isEmpty || path.uppercased() == "%2F" ? "/" : path
  }
}
