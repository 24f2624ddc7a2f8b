package import Actors

/// Blocks its thread for a while, in the kernel and deaf to cancellation.
package struct Block: ActorMessage {
  package static let actorName = "block"
  package static let options = ActorOptions.playground

  /// How long, in milliseconds.
  package var ms: Int

  package init(ms: Int) { self.ms = ms }
}
