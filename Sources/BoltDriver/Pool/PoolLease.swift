/// A connection on loan. Giving it back twice does no harm: the number tells one loan from another.
package struct PoolLease<Connection: PoolableConnection>: Sendable {
  /// The connection.
  package let connection: Connection
  /// The number of the loan.
  package let id: UInt64
}
