import Actors
import Logging

/// The connections of one command to the broker, and what their errors mean for its exit code.
struct BrokerAccess: Sendable {
  /// Where the broker is.
  let configuration: RabbitMQConfiguration
  /// For what the library has to say.
  let logger: Logger

  init(_ options: BrokerOptions, console: Console) throws(CommandFailure) {
    configuration = try options.configuration(console)
    logger = CommandLogger.make()
  }

  /// Lends a connection for looking at queues; closes it, and with it returns what is held, however `body` ends.
  func withAdministration<R: Sendable>(
    _ body: (RabbitMQAdministration) async throws -> R
  ) async throws -> R {
    let administration = RabbitMQAdministration(configuration, logger: logger)
    do {
      let result = try await body(administration)
      await administration.close()
      return result
    } catch {
      await administration.close()
      throw Self.failure(error)
    }
  }

  /// Lends a broker for publishing; closes it however `body` ends.
  func withBroker<R: Sendable>(_ body: (RabbitMQBroker) async throws -> R) async throws -> R {
    // What happens to each message is said by its outcome; that a queue has other arguments than the defaults is no
    // news to whoever declared it so.
    var quiet = logger
    quiet.logLevel = .critical
    let broker = RabbitMQBroker(configuration: configuration, logger: quiet)
    do {
      let result = try await body(broker)
      await broker.close()
      return result
    } catch {
      await broker.close()
      throw Self.failure(error)
    }
  }

  /// The failure that an error ends the command with.
  static func failure(_ error: any Error) -> any Error {
    switch error {
    case let error as RabbitMQError: return CommandFailure(code(of: error), Printable.escape("\(error)"))
    case let error as ActorSystemError: return CommandFailure(.configuration, "\(error)")
    default: return error
    }
  }

  private static func code(of error: RabbitMQError) -> CommandFailure.Code {
    switch error.code {
    case .notFound: .notFound
    case .authenticationRefused, .vhostRefused, .accessRefused: .permission
    case .tls, .topologyConflict: .configuration
    default: .unavailable
    }
  }
}
