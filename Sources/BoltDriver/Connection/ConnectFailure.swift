import NIOCore
import NIOPosix
import NIOSSL

/// Makes an error that says what to do of the errors of the socket layer.
enum ConnectFailure {
  static func error(for error: any Error, address: String) -> BoltError {
    switch error {
    case let error as BoltError: return error
    case ChannelError.connectTimeout:
      return BoltError(.connectTimeout, "the server did not answer in time", address: address)
    case let error as NIOConnectionError:
      let cause = error.connectionErrors.first?.error ?? error.dnsAError ?? error.dnsAAAAError ?? error
      let what =
        error.connectionErrors.isEmpty ? "the server's name cannot be resolved" : "the server cannot be reached"
      return BoltError(.serviceUnavailable, what, address: address, underlying: cause)
    case NIOSSLError.uncleanShutdown:
      return BoltError(.serviceUnavailable, "the server closed the connection", address: address, underlying: error)
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
      return BoltError(
        .tlsFailure, "the server's certificate is for another host; use a name that it holds", address: address,
        underlying: error)
    case let error where isTLS(error) && isAboutOurCertificate(error):
      return BoltError(
        .tlsFailure,
        "TLS failed: the server demands a certificate of its clients, or refuses the one that it was shown; set "
          + "clientCertificate to one that its authority signed", address: address, underlying: error)
    case let error where isTLS(error):
      return BoltError(
        .tlsFailure,
        "TLS failed: the server's certificate is not trusted, its name does not match, or the server wants no TLS",
        address: address, underlying: error)
    default:
      return BoltError(.serviceUnavailable, "the connection broke", address: address, underlying: error)
    }
  }

  private static func isTLS(_ error: any Error) -> Bool {
    error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError
  }

  /// What a server may say of a client's certificate. The library tells alerts by their names alone.
  private static let certificateAlerts = [
    "CERTIFICATE_REQUIRED", "ALERT_UNKNOWN_CA", "ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE_EXPIRED",
    "ALERT_CERTIFICATE_REVOKED", "ALERT_CERTIFICATE_UNKNOWN", "ALERT_UNSUPPORTED_CERTIFICATE", "ALERT_NO_CERTIFICATE",
    "ALERT_ACCESS_DENIED",
  ]

  private static func isAboutOurCertificate(_ error: any Error) -> Bool {
    let text = "\(error)"
    return certificateAlerts.contains { text.contains($0) }
  }
}
