/// How far the clocks of a zone were, are and will be ahead of UTC.
package struct TimeZoneRules: Sendable, Hashable {
  /// When the clocks changed, in seconds since 1970-01-01 UTC, rising.
  private let changes: [Int64]
  /// The offset from each change on, in seconds.
  private let offsets: [Int32]
  /// The offset before the first change.
  private let first: Int32
  /// What holds after the last change; nil when nothing changes any more.
  private let future: DaylightSavingRule?

  /// Reads a file of the tz database. Returns nil when it is none, or makes no sense.
  package init?(file: [UInt8]) {
    guard let parts = TimeZoneFile(file) else { return nil }
    changes = parts.changes
    offsets = parts.offsets
    first = parts.firstOffset
    future = parts.footer.isEmpty ? nil : DaylightSavingRule(parts.footer)
    if !parts.footer.isEmpty, future == nil { return nil }
  }

  /// The offset at a point in time, in seconds; positive to the east.
  ///
  /// - Parameter seconds: Since 1970-01-01T00:00:00 UTC.
  package func offset(at seconds: Int64) -> Int32 {
    let index = count(notAfter: seconds)
    if index == changes.count, let future { return future.offset(at: seconds) }
    return index == 0 ? first : offsets[index - 1]
  }

  /// The offset when the clocks of the zone show a time. A time that they show twice is taken for the earlier of the two;
  /// one that they leave out is taken by the offset before the change.
  ///
  /// - Parameter seconds: Since 1970-01-01T00:00:00 on those clocks.
  package func offset(atWallClock seconds: Int64) -> Int32 {
    let day: Int64 = 86_400
    let earlier = offset(at: seconds.subtractingReportingOverflow(day).partialValue)
    let later = offset(at: seconds.addingReportingOverflow(day).partialValue)
    for candidate in [earlier, later] {
      let (instant, overflow) = seconds.subtractingReportingOverflow(Int64(candidate))
      if !overflow, offset(at: instant) == candidate { return candidate }
    }
    return earlier
  }

  /// How many changes are not after a point in time.
  private func count(notAfter seconds: Int64) -> Int {
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
