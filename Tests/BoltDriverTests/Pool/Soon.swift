/// What a test waited for did not happen.
struct NotSoon: Error, CustomStringConvertible {
  let description: String
}

/// Looks again and again until `condition` holds.
///
/// - Throws: ``NotSoon`` after the limit.
func soon(_ what: String, within limit: Duration = .seconds(60), _ condition: () throws -> Bool) async throws {
  let deadline = ContinuousClock.now + limit
  while try !condition() {
    guard ContinuousClock.now < deadline else { throw NotSoon(description: "\(what): not within \(limit)") }
    try await Task.sleep(for: .milliseconds(2))
  }
}
