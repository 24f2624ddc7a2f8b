/// Why a message was not run although the worker could read it, or why it could not.
struct RefusedMessage: Error, Sendable, CustomStringConvertible {
  let description: String
}
