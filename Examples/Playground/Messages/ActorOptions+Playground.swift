package import Actors

extension ActorOptions {
  /// What every actor of the playground has in common: its queue.
  package static let playground = ActorOptions(queue: "playground")
  /// What the actors that need the graph have in common: their queue, and retries that follow soon after an outage.
  package static let playgroundGraph = ActorOptions(
    queue: "playground_graph", minBackoff: .seconds(1), maxBackoff: .seconds(15))
}
