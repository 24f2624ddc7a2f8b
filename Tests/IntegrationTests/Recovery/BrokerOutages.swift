import TestSupport
import Testing

/// Tests that kill, freeze and reconfigure their broker: one after the other, on a node of their own.
@Suite(.serialized) enum BrokerOutages {
  private static let starting = Task { try await PrivateBroker.start(tls: true) }

  /// The node, running and answering.
  ///
  /// - Throws: ``BrokerFailure``.
  static func node() async throws -> PrivateBroker {
    let node = try await starting.value
    // A test that failed half-way may have left it stopped or frozen.
    _ = try? await node.resume()
    try await node.start()
    return node
  }

  /// Three queues of a fresh name on the node; the queue's messages survive the node's death.
  static func queue(_ stem: String) -> String { uniqueName(stem) }
}
