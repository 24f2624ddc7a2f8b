package import Actors

extension ActorOptions {
  /// What every actor of the playground has in common: its queue.
  package static let playground = ActorOptions(queue: "playground")
}
