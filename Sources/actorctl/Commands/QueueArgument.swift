import Actors
import ArgumentParser

/// A queue named on the command line.
enum QueueArgument {
  /// The canonical name; that of `q.XQ` and `q.DQ` is `q`.
  @Sendable static func canonical(_ text: String) throws -> String {
    let name = QueueName.canonical(text)
    do { try QueueName.validate(name) } catch { throw ValidationError("\(error)") }
    return name
  }
}
