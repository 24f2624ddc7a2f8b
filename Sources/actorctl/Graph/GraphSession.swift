import BoltDriver
import Logging

/// The driver of one command, and the time that the command has.
enum GraphSession {
  /// Lends a driver; closes it however `body` ends.
  ///
  /// - Throws: ``CommandFailure``, `timeout` when the time is over.
  static func run<Result: Sendable>(
    _ options: GraphOptions, _ console: Console, _ body: @escaping @Sendable (Driver) async throws -> Result
  ) async throws -> Result {
    let configuration = try options.configuration(console)
    var logger = CommandLogger.make()
    // What goes wrong is said by the command's end.
    logger.logLevel = .critical
    let driver: Driver
    do { driver = try Driver(configuration, logger: logger) } catch { throw GraphFailure.failure(error) }
    do {
      let result = try await within(options.timeout) { try await body(driver) }
      await driver.close()
      return result
    } catch {
      await driver.close()
      throw GraphFailure.failure(error)
    }
  }

  private static func within<Result: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let result = first else {
        throw CommandFailure(.timeout, "no answer within \(Figures.duration(limit)); --timeout gives it longer")
      }
      return result
    }
  }
}
