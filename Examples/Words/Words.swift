import Actors
import FoundationEssentials
import Logging
import Middleware

/// The message is the struct. A sender needs only this part.
struct CountWords: ActorMessage {
  static let options = ActorOptions(queue: "words", maxRetries: 3, minBackoff: .seconds(2))
  var file: String
  var pause: Double?  // seconds; added later, so optional: old messages stay readable
}

/// What the worker does with it.
extension CountWords: MessageActor {
  func perform(in context: MessageContext) async throws -> Int {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { throw Unreadable(file: file) }
    try await Task.sleep(for: .seconds(pause ?? 0))
    let count = text.split(whereSeparator: \.isWhitespace).count
    Logger(label: "words").info("\(file) has \(count) words")
    return count
  }
}

struct Unreadable: Error { var file: String }

@main
struct Words: WorkerApplication {
  static func configure(_ system: inout ActorSystem) throws {
    system.middleware = .standard
    system.register(CountWords.self)
  }
}
