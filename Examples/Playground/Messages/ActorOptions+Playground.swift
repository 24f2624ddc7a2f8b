package import Actors

extension ActorOptions {
  /// What every actor of the playground has in common: its queue.
  package static let playground = ActorOptions(queue: "playground")
  /// The queue of the actors that need the graph.
  package static let playgroundGraph = ActorOptions(queue: "playground_graph")
}
