package import Actors

/// Does nothing.
package struct Noop: ActorMessage {
  package static let actorName = "noop"
  package static let options = ActorOptions.playground

  package init() {}
}
