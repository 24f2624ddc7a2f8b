import Actors

/// What the backend has asked the suite and not been told yet.
actor PendingReplies {
  private var waiting: [String: CheckedContinuation<JSONValue, any Error>] = [:]
  private var isClosed = false
  private var last = 0

  /// A name for a question.
  func nextID() -> String {
    last += 1
    return "question-\(last)"
  }

  /// Asks and waits for the reply.
  ///
  /// - Parameters:
  ///   - id: The question's name.
  ///   - send: Sends the question.
  /// - Returns: The data of the reply.
  /// - Throws: ``BackendFault`` when the suite has gone.
  func reply(to id: String, send: @Sendable () throws -> Void) async throws -> JSONValue {
    guard !isClosed else { throw BackendFault("the suite has closed the connection") }
    return try await withCheckedThrowingContinuation { continuation in
      waiting[id] = continuation
      do { try send() } catch {
        waiting[id] = nil
        continuation.resume(throwing: error)
      }
    }
  }

  /// A reply came.
  ///
  /// - Throws: ``BackendFault`` when nobody asked.
  func take(_ reply: JSONValue, to id: String) throws {
    guard let continuation = waiting.removeValue(forKey: id) else {
      throw BackendFault("a reply to \(id), which nobody asked")
    }
    continuation.resume(returning: reply)
  }

  /// Nothing more will come.
  func close() {
    isClosed = true
    for continuation in waiting.values {
      continuation.resume(throwing: BackendFault("the suite has closed the connection"))
    }
    waiting = [:]
  }
}
