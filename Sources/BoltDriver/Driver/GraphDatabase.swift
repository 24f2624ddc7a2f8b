public import Logging

/// Where drivers come from, as in the official drivers.
public enum GraphDatabase {
  /// Makes a driver for the server of a URI.
  ///
  /// - Parameters:
  ///   - uri: The server, such as `bolt://localhost:7687`.
  ///   - auth: Who logs in.
  ///   - database: The database of work that names none; nil for the user's home database.
  ///   - logger: Hears of connections that break and of retries.
  /// - Throws: ``BoltError`` (`invalidConfiguration`) for a text that is no URI.
  public static func driver(
    _ uri: String, auth: AuthToken = .unauthenticated, database: String? = nil, logger: Logger = Logger(label: "bolt")
  ) throws -> Driver {
    try Driver(DriverConfiguration(uri, auth: auth, database: database), logger: logger)
  }
}
