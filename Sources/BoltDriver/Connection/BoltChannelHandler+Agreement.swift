import NIOCore

extension BoltChannelHandler {
  /// What the handshake comes to.
  struct Agreement: Sendable {
    let version: BoltVersion
    let channel: any Channel
    let handler: NIOLoopBound<BoltChannelHandler>
    let status: ConnectionStatus
    /// Writes to the socket without the event loop; nil where only the loop can.
    let writer: DirectWriter?
  }
}
