internal import CRabbitMQ

/// A status code of librabbitmq with its name, so that nobody above this folder needs the C module.
public struct AMQPStatus: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The library's number: zero or positive for success, negative for errors.
  public let rawValue: Int32
  /// Wraps a number of the library.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// Success.
  public static let ok = AMQPStatus(rawValue: 0)
  /// A frame came that the library cannot, or will not, decode.
  public static let badData = AMQPStatus(rawValue: -0x02)
  /// The peer closed the connection.
  public static let connectionClosed = AMQPStatus(rawValue: -0x07)
  /// A socket call failed.
  public static let socketError = AMQPStatus(rawValue: -0x09)
  /// Nothing came in time.
  public static let timeout = AMQPStatus(rawValue: -0x0D)
  /// The broker was silent for two heartbeat intervals.
  public static let heartbeatTimeout = AMQPStatus(rawValue: -0x0F)
  /// A frame came that did not fit the state.
  public static let unexpectedState = AMQPStatus(rawValue: -0x10)
  /// The socket is closed.
  public static let socketClosed = AMQPStatus(rawValue: -0x11)
  /// The certificate is for another host.
  public static let hostnameVerificationFailed = AMQPStatus(rawValue: -0x201)
  /// The certificate is not trusted.
  public static let peerVerificationFailed = AMQPStatus(rawValue: -0x202)
  /// The TLS handshake failed.
  public static let tlsConnectionFailed = AMQPStatus(rawValue: -0x203)

  /// The library's own words.
  public var description: String {
    guard let text = amqp_error_string2(rawValue) else { return "status \(rawValue)" }
    return String(cString: text)
  }

  /// The version of the librabbitmq in use.
  public static var libraryVersion: String { amqp_version().map { String(cString: $0) } ?? "unknown" }
}
