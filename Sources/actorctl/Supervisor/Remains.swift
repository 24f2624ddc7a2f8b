/// What the state file of an ended process shows.
struct Remains: Sendable, Hashable {
  /// Whether it had run a message.
  var hasWorked = false
  /// Tells the process from every other one; zero when nothing is known of it.
  var life: UInt64 = 0
  /// The messages that it was running; none when it ended in order.
  var running: [String] = []
}
