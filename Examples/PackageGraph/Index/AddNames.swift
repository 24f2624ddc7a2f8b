package import Actors

/// Message: nodes that have nothing but a name. Each name is in one message only, so that no two of them make the same
/// node at the same time.
package struct AddNames: ActorMessage, Equatable {
  package static let options = ActorOptions.packages

  package var label: NodeLabel
  package var names: [String]

  package init(label: NodeLabel, names: [String]) {
    self.label = label
    self.names = names
  }
}
