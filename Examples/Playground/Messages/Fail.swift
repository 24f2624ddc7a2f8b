package import Actors

/// Throws on its first attempts.
package struct Fail: ActorMessage {
  package static let actorName = "fail"
  package static let options = ActorOptions.playground

  /// How many times.
  package var times: Int

  package init(times: Int) { self.times = times }
}
