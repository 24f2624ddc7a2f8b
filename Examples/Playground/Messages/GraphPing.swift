package import Actors

/// Asks the graph for a 1, and returns it.
package struct GraphPing: ActorMessage {
  package static let actorName = "graph_ping"
  package static let options = ActorOptions.playgroundGraph

  package init() {}
}
