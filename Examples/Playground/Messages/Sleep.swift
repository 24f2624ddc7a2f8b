package import Actors

/// Suspends for a while; a cancellation wakes it.
package struct Sleep: ActorMessage {
  package static let actorName = "sleep"
  package static let options = ActorOptions.playground

  /// How long, in milliseconds.
  package var ms: Int

  package init(ms: Int) { self.ms = ms }
}
