import NIOCore
import NIOPosix
import NIOSSL

/// An error as it may stand in a log: what happened, where, and what caused it, without what others said of it.
///
/// What a server says of an error quotes the query and its data, and what the program's own functions throw may hold
/// anything. Of the first only the code is shown, of the second only the type. The error itself goes to whoever asked.
struct LoggedError: CustomStringConvertible {
  let error: any Error

  init(_ error: any Error) { self.error = error }

  var description: String {
    switch error {
    case let error as BoltError:
      let place = error.address.map { " (server \($0))" } ?? ""
      let cause = error.underlying.map { ": \(LoggedError($0))" } ?? ""
      if let server = error.server {
        return "\(Self.name(server.code)) (\(Self.name(server.status.gqlStatus)))\(place)"
      }
      return "\(error.code.rawValue): \(error.message)\(place)\(cause)"
    case is IOError, is ChannelError, is NIOSSLError, is BoringSSLError, is NIOSSLExtraError, is SocketAddressError,
      is PackStreamError:
      return "\(error)"
    default: return "\(type(of: error))"
    }
  }

  /// A name that a server made: bounded, of one line.
  private static func name(_ text: String) -> String {
    String(text.unicodeScalars.prefix(128).map { $0.properties.generalCategory == .control ? " " : Character($0) })
  }
}
