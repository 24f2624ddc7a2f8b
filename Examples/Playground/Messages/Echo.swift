package import Actors

/// Returns its argument, whatever JSON value that is.
package struct Echo: ActorMessage {
  package static let actorName = "echo"
  package static let options = ActorOptions.playground

  package var value: JSONValue

  package init(value: JSONValue) { self.value = value }
}
