/// What the playground's actors throw.
struct PlaygroundError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
