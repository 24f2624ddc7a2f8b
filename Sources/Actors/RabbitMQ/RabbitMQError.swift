/// Something went wrong between this process and RabbitMQ.
public struct RabbitMQError: Error, Sendable, CustomStringConvertible {
  /// What kind of trouble.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name of the code.
    public let rawValue: String
    /// Makes a code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// No TCP connection could be made: nothing listens, no route, no such host, or no answer in time.
    public static let unreachable = Code(rawValue: "unreachable")
    /// TLS could not be set up: the certificate, the host name, the CA file or the handshake.
    public static let tls = Code(rawValue: "tls")
    /// User name and password, or the client certificate, were refused.
    public static let authenticationRefused = Code(rawValue: "authenticationRefused")
    /// The virtual host does not exist or is not open to this user.
    public static let vhostRefused = Code(rawValue: "vhostRefused")
    /// The connection was lost, or the broker closed it.
    public static let connectionLost = Code(rawValue: "connectionLost")
    /// No frame came for two heartbeat intervals.
    public static let heartbeatMissed = Code(rawValue: "heartbeatMissed")
    /// The broker closed a channel.
    public static let channelClosed = Code(rawValue: "channelClosed")
    /// A queue or exchange exists with other arguments (406).
    public static let topologyConflict = Code(rawValue: "topologyConflict")
    /// What a request names does not exist (404).
    public static let notFound = Code(rawValue: "notFound")
    /// The user may not do this (403).
    public static let accessRefused = Code(rawValue: "accessRefused")
    /// The peer broke the protocol, or sent what it must not.
    public static let protocolViolation = Code(rawValue: "protocolViolation")
    /// The broker is being closed by this process.
    public static let closed = Code(rawValue: "closed")
  }

  /// What kind of trouble.
  public let code: Code
  /// What was being done, and what came instead; never a secret.
  public let message: String
  /// The broker's reply code (406, 404, 320 …), when it gave one.
  public let replyCode: UInt16?
  /// librabbitmq's status, when the library reported one.
  public let status: AMQPStatus?

  package init(_ code: Code, _ message: String, replyCode: UInt16? = nil, status: AMQPStatus? = nil) {
    self.code = code
    self.message = message
    self.replyCode = replyCode
    self.status = status
  }

  /// Whether trying again later can help without anybody changing a configuration.
  public var isRetryable: Bool {
    switch code {
    case .tls, .authenticationRefused, .vhostRefused, .topologyConflict, .accessRefused: false
    default: true
    }
  }

  /// The message, with the broker's code or the library's status.
  public var description: String {
    var text = message
    if let replyCode { text += " (\(replyCode))" }
    if let status { text += " [librabbitmq: \(status)]" }
    return text
  }
}
