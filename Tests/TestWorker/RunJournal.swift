import Actors
import Glibc

/// Appends one JSON line for every run to the file that `TEST_JOURNAL` names. Each line is one `write` on a descriptor
/// opened with `O_APPEND`, so the lines of several processes never mix, and a line outlives its process.
enum RunJournal {
  private static let descriptor = Environment.text("TEST_JOURNAL").map {
    open($0, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
  }

  /// Runs `body` and writes its line.
  ///
  /// - Throws: What `body` throws.
  static func around(_ body: () async throws -> Void) async throws {
    let start = WallClock.now
    do {
      try await body()
      append("ok", since: start)
    } catch {
      append(outcome(of: error), since: start)
      throw error
    }
  }

  private static func outcome(of error: any Error) -> String {
    switch MessageContext.current?.interruption {
    case .timeLimit: "timeout"
    case .shutdown, .drainDeadline: "cancelled"
    case nil: error is CancellationError ? "cancelled" : "error"
    }
  }

  private static func append(_ outcome: String, since start: Int64) {
    guard let descriptor, descriptor >= 0, let context = MessageContext.current else { return }
    let message = context.deliveredMessage
    let line = """
      {"actor":"\(message.actorName)","id":"\(message.id)","attempt":\(context.attempt),\
      "redelivered":\(context.redelivered),"pid":\(getpid()),"start":\(start),"end":\(WallClock.now),\
      "outcome":"\(outcome)"}\n
      """
    _ = Array(line.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }
}
