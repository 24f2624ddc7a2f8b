import Actors

/// What `actorctl --version` says.
enum Version {
  /// The version of Troupe.
  static let troupe = "0.1.0"

  /// The compiler that built this program.
  static var swift: String {
    #if compiler(>=6.4)
      "6.4 or newer"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  /// One line.
  static var text: String {
    "actorctl \(troupe) (librabbitmq \(AMQPStatus.libraryVersion), Swift \(swift), AMQP 0-9-1, dramatiq 2 messages)"
  }
}
