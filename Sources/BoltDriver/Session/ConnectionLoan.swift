/// A connection that a session has for the time being.
package struct ConnectionLoan: Sendable {
  /// The connection.
  package let connection: BoltConnection
  /// The database to name to the server; nil for none, which is the home database.
  package let database: String?
  private let release: @Sendable () -> Void

  /// - Parameters:
  ///   - connection: The connection.
  ///   - database: The database to name to the server.
  ///   - release: Gives it back; called more than once it must do no harm.
  package init(_ connection: BoltConnection, database: String? = nil, release: @escaping @Sendable () -> Void) {
    self.connection = connection
    self.database = database
    self.release = release
  }

  /// Gives the connection back, in whatever state it is: the pool resets it before it lends it again, or closes it. A
  /// second time does nothing.
  package func giveBack() { release() }
}
