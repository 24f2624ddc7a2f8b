package import Actors

/// Keeps a core busy for a while, deaf to cancellation.
package struct Spin: ActorMessage {
  package static let actorName = "spin"
  package static let options = ActorOptions.playground

  /// How long, in milliseconds.
  package var ms: Int

  package init(ms: Int) { self.ms = ms }
}
