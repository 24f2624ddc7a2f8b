/// What the state file of an ended process shows.
struct Remains: Sendable, Hashable {
  /// Whether it had run a message.
  var hasWorked = false
  /// The messages that it was running.
  var running: [String] = []
}
