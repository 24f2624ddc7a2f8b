extension Duration {
  /// How long a test waits for what has to come: many times what a machine takes that is busy with other tests.
  package static var testPatience: Duration { .seconds(120) }
}

/// What a test waited for did not happen in time.
package struct NeverHappened: Error, CustomStringConvertible {
  /// What was waited for, how long, and what was seen last.
  package let description: String
}

/// Polls until `probe` gives a value.
///
/// - Parameters:
///   - what: What is waited for, for the error.
///   - limit: How long to wait at most.
///   - interval: The pause between two looks.
///   - probe: Looks once; nil means "not yet".
/// - Throws: ``NeverHappened``, or what `probe` throws.
@discardableResult
package func eventually<Value>(
  _ what: String, within limit: Duration = .testPatience, every interval: Duration = .milliseconds(20),
  _ probe: () async throws -> Value?
) async throws -> Value {
  let deadline = ContinuousClock.now + limit
  while true {
    if let value = try await probe() { return value }
    guard ContinuousClock.now < deadline else { throw NeverHappened(description: "\(what): not within \(limit)") }
    try await Task.sleep(for: interval)
  }
}

/// Polls until `condition` holds.
///
/// - Throws: ``NeverHappened``, or what `condition` throws.
package func eventually(
  _ what: String, within limit: Duration = .testPatience, every interval: Duration = .milliseconds(20),
  _ condition: () async throws -> Bool
) async throws {
  try await eventually(what, within: limit, every: interval) { try await condition() ? true : nil }
}

/// Watches that `condition` stays true for a while: for effects that must not happen.
///
/// - Throws: ``NeverHappened`` at the first look that finds it false.
package func steadily(
  _ what: String, for span: Duration, every interval: Duration = .milliseconds(50),
  _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + span
  while ContinuousClock.now < deadline {
    guard try await condition() else { throw NeverHappened(description: "\(what): ended before \(span)") }
    try await Task.sleep(for: interval)
  }
}
