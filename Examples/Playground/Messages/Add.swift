package import Actors

/// Returns the sum of its arguments.
package struct Add: ActorMessage {
  package static let actorName = "add"
  package static let options = ActorOptions.playground

  package var a: Int
  package var b: Int

  package init(a: Int, b: Int) {
    self.a = a
    self.b = b
  }
}
