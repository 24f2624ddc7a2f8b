internal import CRabbitMQ
import Glibc
import Logging
// Where the compiler finds the members of `timeval` when the whole module is compiled at once.
import SwiftOverlayShims

/// The one owner of a library connection. It must be used on a single thread, its ``ConnectionLoop``'s: the library knows
/// no locks. Only ``shutDownSocket`` (through the guard below) may be called from elsewhere.
final class AMQPConnection {
  let url: AMQPURL
  /// The library's handle; valid until `deinit`.
  let state: amqp_connection_state_t
  /// Lets the watchdog cut the socket under a call that hangs.
  let cutter: SocketCutter
  /// The largest frame that was agreed on; a body is sent in parts of `frameMax - 8`.
  let frameMax: Int
  /// The heartbeat interval that was agreed on; zero for none.
  let heartbeat: Duration
  /// Called when the broker has answered a request.
  var onAnswer: (() -> Void)?
  private var lastChannel: UInt16 = 0
  /// Publishes that have not been written yet, see ``flushPublishes()``.
  var publishes = PublishBuffer()
  private let channelMax: UInt16

  /// Connects and logs in.
  ///
  /// Every step is bounded by the configuration's `connectTimeout`: TCP by the library's own time-out, TLS and login by its
  /// handshake time-out.
  init(_ url: AMQPURL, _ configuration: RabbitMQConfiguration, role: String) throws(RabbitMQError) {
    guard let state = amqp_new_connection() else {
      throw RabbitMQError(.connectionLost, "out of memory for a connection")
    }
    do throws(RabbitMQError) {
      try Self.openSocket(state, url, configuration)
      try Self.logIn(state, url, configuration, role: role)
    } catch {
      amqp_destroy_connection(state)
      throw error
    }
    self.url = url
    self.state = state
    cutter = SocketCutter(amqp_get_sockfd(state))
    frameMax = Int(amqp_get_frame_max(state))
    heartbeat = .seconds(Int(amqp_get_heartbeat(state)))
    let agreed = amqp_get_channel_max(state)
    channelMax = agreed > 0 && agreed <= 65535 ? UInt16(agreed) : 2047
    var timeout = Self.timeval(configuration.requestTimeout)
    amqp_set_rpc_timeout(state, &timeout)
  }

  deinit {
    cutter.forget()
    amqp_destroy_connection(state)
  }

  /// The socket, for poll.
  var socket: Int32 { amqp_get_sockfd(state) }

  /// Whether frames wait inside the library, where poll cannot see them.
  var hasBufferedFrames: Bool { amqp_frames_enqueued(state) != 0 || amqp_data_in_buffer(state) != 0 }

  /// Whether the library has put frames by that came while it waited for an answer.
  var hasFramesPutBy: Bool { amqp_frames_enqueued(state) != 0 }

  /// Whether frames may wait where poll cannot see them, inside OpenSSL too. Asking for a frame that is not there costs two
  /// system calls.
  var mayHaveMore: Bool { url.usesTLS || hasBufferedFrames }

  /// Says goodbye and waits for the broker's answer, within the request time-out.
  func close() {
    _ = amqp_connection_close(state, AMQP_REPLY_SUCCESS)
  }

  /// A channel number that was not used lately: a number that the broker has closed is best left alone.
  func nextChannelNumber() -> UInt16 {
    lastChannel = lastChannel >= channelMax ? 1 : lastChannel + 1
    return lastChannel
  }

  private static func openSocket(
    _ state: amqp_connection_state_t, _ url: AMQPURL, _ configuration: RabbitMQConfiguration
  ) throws(RabbitMQError) {
    guard let socket = url.usesTLS ? amqp_ssl_socket_new(state) : amqp_tcp_socket_new(state) else {
      throw RabbitMQError(.tls, "\(url.address): the library cannot make a \(url.usesTLS ? "TLS" : "TCP") socket")
    }
    if url.usesTLS { try prepareTLS(socket, url, configuration.tls) }
    var timeout = timeval(configuration.connectTimeout)
    let status = AMQPStatus(rawValue: amqp_socket_open_noblock(socket, url.host, Int32(url.port), &timeout))
    guard status == .ok else { throw unreachable(url, status) }
    var handshake = timeval(configuration.connectTimeout)
    amqp_set_handshake_timeout(state, &handshake)
  }

  private static func prepareTLS(
    _ socket: OpaquePointer, _ url: AMQPURL, _ tls: RabbitMQConfiguration.TLS
  ) throws(RabbitMQError) {
    amqp_ssl_socket_set_verify_peer(socket, 1)
    amqp_ssl_socket_set_verify_hostname(socket, 1)
    guard amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST) == 0 else {
      throw RabbitMQError(.tls, "the library cannot be kept to TLS 1.2 and newer: install a newer librabbitmq")
    }
    if let file = tls.caFile {
      guard amqp_ssl_socket_set_cacert(socket, file) == 0 else {
        throw RabbitMQError(.tls, "the CA file \(file) cannot be read as PEM certificates")
      }
    } else if troupe_amqp_trust_system_authorities(socket) != 1 {
      throw RabbitMQError(.tls, "the system's CA certificates cannot be loaded; name a CA file")
    }
    if let certificate = tls.certificateFile, let key = tls.keyFile {
      guard amqp_ssl_socket_set_key(socket, certificate, key) == 0 else {
        throw RabbitMQError(.tls, "the client certificate \(certificate) or its key cannot be read as PEM")
      }
    }
  }

  private static func unreachable(_ url: AMQPURL, _ status: AMQPStatus) -> RabbitMQError {
    switch status {
    case .hostnameVerificationFailed:
      RabbitMQError(
        .tls, "\(url.address): the certificate is not for \(url.host); an address needs a name instead, "
          + "the library compares host names only", status: status)
    case .peerVerificationFailed, .tlsConnectionFailed:
      RabbitMQError(
        .tls, "\(url.address): the TLS handshake failed; the certificate is not signed by a trusted CA, or the port "
          + "speaks no TLS 1.2", status: status)
    default: RabbitMQError(.unreachable, "\(url.address): no connection", status: status)
    }
  }

  private static func logIn(
    _ state: amqp_connection_state_t, _ url: AMQPURL, _ configuration: RabbitMQConfiguration, role: String
  ) throws(RabbitMQError) {
    let arena = FieldTable.Arena()
    var properties = arena.table([
      "product": .string("Troupe"), "platform": .string("Swift"),
      "connection_name": .string("\(configuration.connectionName) \(role)"),
      "capabilities": .table([
        "consumer_cancel_notify": .bool(true), "connection.blocked": .bool(true), "basic.nack": .bool(true),
        "publisher_confirms": .bool(true),
      ]),
    ])
    let heartbeat = Int32(clamping: (url.heartbeat ?? configuration.heartbeat).components.seconds)
    let usesExternal = configuration.tls.certificateFile != nil && url.user.isEmpty
    let reply = url.password.reveal { password in
      usesExternal
        ? troupe_amqp_login_external(state, url.virtualHost, 0, 131_072, heartbeat, &properties, "")
        : troupe_amqp_login_plain(
          state, url.virtualHost, 0, 131_072, heartbeat, &properties, url.user, password)
    }
    guard let error = RabbitMQError(reply, during: "login at \(url.address)") else { return }
    throw Self.explained(error, url)
  }

  private static func explained(_ error: RabbitMQError, _ url: AMQPURL) -> RabbitMQError {
    switch error.replyCode {
    case 403:
      RabbitMQError(
        .authenticationRefused, "\(url.address): user name or password refused for \(url.user)", replyCode: 403)
    case 530:
      RabbitMQError(
        .vhostRefused, "\(url.address): the virtual host \(url.virtualHost) does not exist or is not open to \(url.user)",
        replyCode: 530)
    default: error
    }
  }

  static func timeval(_ duration: Duration) -> timeval {
    let (seconds, attoseconds) = duration.components
    return Glibc.timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
  }
}

extension RabbitMQError {
  /// The error of a library reply; nil when the reply is a success.
  init?(_ reply: amqp_rpc_reply_t, during action: String) {
    switch reply.reply_type {
    case AMQP_RESPONSE_NORMAL: return nil
    case AMQP_RESPONSE_SERVER_EXCEPTION:
      self.init(closing: reply.reply.id, reply.reply.decoded, during: action)
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
      self.init(AMQPStatus(rawValue: reply.library_error), during: action)
    default:
      self.init(.connectionLost, "\(action): the broker did not answer")
    }
  }

  /// The error of a failed library call.
  init(_ status: AMQPStatus, during action: String) {
    switch status {
    case .heartbeatTimeout:
      self.init(.heartbeatMissed, "\(action): the broker was silent for two heartbeat intervals", status: status)
    case .connectionClosed, .socketError, .socketClosed, .timeout:
      self.init(.connectionLost, "\(action): the connection was lost", status: status)
    default:
      self.init(.protocolViolation, "\(action): the connection cannot be used any more", status: status)
    }
  }

  /// The error of a `channel.close` or `connection.close` from the broker.
  init(closing method: amqp_method_number_t, _ decoded: UnsafeMutableRawPointer?, during action: String) {
    guard let decoded else {
      self.init(.protocolViolation, "\(action): unexpected method \(method)")
      return
    }
    if method == AMQP_CHANNEL_CLOSE_METHOD {
      let close = decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
      let code: Code =
        switch close.reply_code {
        case 403: .accessRefused
        case 404: .notFound
        case 406: .topologyConflict
        default: .channelClosed
        }
      self.init(code, "\(action): the broker closed the channel: \(FieldTable.string(close.reply_text))",
        replyCode: close.reply_code)
    } else if method == AMQP_CONNECTION_CLOSE_METHOD {
      let close = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
      self.init(.connectionLost, "\(action): the broker closed the connection: \(FieldTable.string(close.reply_text))",
        replyCode: close.reply_code)
    } else {
      self.init(.protocolViolation, "\(action): unexpected method \(method)")
    }
  }
}
