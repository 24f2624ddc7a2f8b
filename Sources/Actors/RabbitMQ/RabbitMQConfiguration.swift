internal import FoundationEssentials

/// How to reach RabbitMQ and how patient to be with it.
public struct RabbitMQConfiguration: Sendable {
  /// How the broker's certificate is checked for `amqps://` URLs. TLS is 1.2 at least, and chain and host name are always
  /// checked.
  public struct TLS: Sendable, Hashable {
    /// A PEM file with the CAs to trust; nil for those of the system.
    public var caFile: String?
    /// A PEM file with the client's certificate, for brokers that ask for one.
    public var certificateFile: String?
    /// A PEM file with the client's private key.
    public var keyFile: String?

    /// TLS settings; by default the system's CAs and no client certificate.
    public init(caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
      self.caFile = caFile
      self.certificateFile = certificateFile
      self.keyFile = keyFile
    }
  }

  /// The brokers; the first that answers is used, the others stand by.
  public var urls: [AMQPURL]
  /// TLS settings for `amqps://` URLs.
  public var tls = TLS()
  /// The heartbeat interval; a silent broker is given up after twice as long. A URL may ask for another.
  public var heartbeat: Duration = .seconds(10)
  /// How long TCP, TLS and login together may take for one URL.
  public var connectTimeout: Duration = .seconds(5)
  /// How long one declaration or other request to the broker may take.
  public var requestTimeout: Duration = .seconds(10)
  /// How long a publish waits for its confirm before its outcome is `unknown`.
  public var confirmTimeout: Duration = .seconds(10)
  /// How many publishes may wait for the broker at once; a further one waits for a place.
  public var outboxCapacity = 10_000
  /// How many bytes of bodies may wait for the broker at once.
  public var outboxBytes = 64 * 1024 * 1024
  /// How many publishes may be unconfirmed at once.
  public var confirmWindow = 1_000
  /// The shortest and the longest pause between attempts to connect; the pauses double and are jittered.
  public var backoff: ClosedRange<Duration> = .milliseconds(100)...(.seconds(5))
  /// The name that the broker's tools show for the connections of this process.
  public var connectionName: String
  /// The prefix of the delay ladder's queues and exchanges.
  public var delayPrefix = "troupe.delay"
  /// How the ladder's queues are kept; quorum queues dead-letter at least once, also when the broker dies meanwhile.
  public var delayQueueType: QueueDeclaration.QueueType = .quorum

  /// A configuration for the given brokers.
  public init(urls: [AMQPURL], connectionName: String? = nil) {
    self.urls = urls
    self.connectionName = connectionName ?? Self.defaultConnectionName
  }

  /// A configuration for the brokers of a URL, or a list of URLs separated by commas or semicolons.
  ///
  /// - Throws: ``ActorSystemError`` (`invalidConfiguration`).
  public init(_ urls: String) throws { self.init(urls: try AMQPURL.list(urls)) }

  /// The configuration that the environment describes: `AMQP_URL`, or the file that `AMQP_URL_FILE` names (for secrets),
  /// else `amqp://guest:guest@127.0.0.1:5672/%2F`; `AMQP_CA_FILE`, `AMQP_CERTIFICATE_FILE` and `AMQP_KEY_FILE` for TLS.
  ///
  /// - Throws: ``ActorSystemError`` (`invalidConfiguration`).
  public init(environment: [String: String]) throws {
    if let path = environment["AMQP_URL_FILE"], !path.isEmpty {
      guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
        throw ActorSystemError(.invalidConfiguration, "AMQP_URL_FILE: \(path) cannot be read as text")
      }
      try self.init(text)
    } else if let url = environment["AMQP_URL"], !url.isEmpty {
      try self.init(url)
    } else {
      try self.init("amqp://guest:guest@127.0.0.1:5672/%2F")
    }
    tls = TLS(
      caFile: environment["AMQP_CA_FILE"], certificateFile: environment["AMQP_CERTIFICATE_FILE"],
      keyFile: environment["AMQP_KEY_FILE"])
  }

  private static var defaultConnectionName: String {
    let info = ProcessInfo.processInfo
    return "\(info.processName)@\(info.hostName):\(info.processIdentifier)"
  }
}

extension BrokerSource {
  /// RabbitMQ at the URL(s) given, or, with nil, where the environment says (`AMQP_URL`, `AMQP_URL_FILE`).
  public static func rabbitMQ(_ urls: String? = nil) -> BrokerSource {
    BrokerSource { logger in
      let configuration =
        try urls.map { try RabbitMQConfiguration($0) }
        ?? RabbitMQConfiguration(environment: ProcessInfo.processInfo.environment)
      return RabbitMQBroker(configuration: configuration, logger: logger)
    }
  }

  /// RabbitMQ with every setting given.
  public static func rabbitMQ(_ configuration: RabbitMQConfiguration) -> BrokerSource {
    BrokerSource { logger in RabbitMQBroker(configuration: configuration, logger: logger) }
  }
}
