package import Actors

/// Adds 1 to the `count` of the node `(:Effect {key})`, which it makes when there is none, and returns the count.
package struct GraphMerge: ActorMessage {
  package static let actorName = "graph_merge"
  package static let options = ActorOptions.playgroundGraph

  /// Which node.
  package var key: String

  package init(key: String) { self.key = key }
}
