import Actors
import Synchronization
import TestSupport

/// Keeps what a consumption delivers.
final class RecordingSink: DeliverySink {
  private struct State {
    var deliveries: [Delivery] = []
    var revoked: [UInt32] = []
  }

  private let state = Lock(State())
  private let onDelivery: @Sendable (Delivery) -> Void

  /// A sink; `onDelivery` sees every delivery on the connection's thread.
  init(_ onDelivery: @escaping @Sendable (Delivery) -> Void = { _ in }) { self.onDelivery = onDelivery }

  func deliver(_ batch: [Delivery]) {
    state.withLock { $0.deliveries += batch }
    for delivery in batch { onDelivery(delivery) }
  }

  func revoke(generation: UInt32) { state.withLock { $0.revoked.append(generation) } }

  /// Everything delivered so far.
  var deliveries: [Delivery] { state.withLock { $0.deliveries } }
  /// The generations that were revoked so far.
  var revoked: [UInt32] { state.withLock { $0.revoked } }
  /// The bodies delivered so far, as text.
  var texts: [String] { deliveries.map { String(decoding: $0.body.all, as: UTF8.self) } }

  /// Polls until a delivery with this text has come; the last one of it.
  func delivery(of text: String, within limit: Duration = .testPatience) async throws -> Delivery {
    try await eventually("delivery of \(text)", within: limit) {
      deliveries.last { String(decoding: $0.body.all, as: UTF8.self) == text }
    }
  }
}

extension MessageBody {
  /// A copy of the bytes, wherever they are kept.
  var all: [UInt8] { withUnsafeBytes { Array($0) } }
}
