package import Actors

/// Traps, and so ends its process, on its first deliveries.
package struct Crash: ActorMessage {
  package static let actorName = "crash"
  package static let options = ActorOptions.playground

  /// How many times.
  package var times: Int

  package init(times: Int) { self.times = times }
}
