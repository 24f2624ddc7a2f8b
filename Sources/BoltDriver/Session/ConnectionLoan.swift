/// A connection that a session has for the time being.
package struct ConnectionLoan: Sendable {
  /// The connection.
  package let connection: BoltConnection
  private let release: @Sendable () -> Void

  /// - Parameters:
  ///   - connection: The connection.
  ///   - release: Gives it back; called more than once it must do no harm.
  package init(_ connection: BoltConnection, release: @escaping @Sendable () -> Void) {
    self.connection = connection
    self.release = release
  }

  /// Gives the connection back, in whatever state it is: the pool resets it before it lends it again, or closes it. A
  /// second time does nothing.
  package func giveBack() { release() }
}
