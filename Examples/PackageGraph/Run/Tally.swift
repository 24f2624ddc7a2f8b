import PackageIndex

/// What the workers found, each message counted once.
struct Tally {
  private(set) var counts = IndexCounts()
  /// The ids of the messages that were done.
  private(set) var done: Set<String> = []
  /// Runs of messages that the broker had delivered before.
  private(set) var redelivered = 0
  /// Runs of messages that had been done already.
  private(set) var duplicates = 0
  private var names: Set<String> = []

  mutating func add(_ finding: Finding) {
    if finding.redelivered { redelivered += 1 }
    guard done.insert(finding.id).inserted else {
      duplicates += 1
      return
    }
    counts.packages += 1
    for relation in finding.relations {
      counts.relations[relation.field.rawValue, default: 0] += 1
      if names.insert(relation.name).inserted { counts.names += 1 }
      if relation.version != nil { counts.versions += 1 }
      if relation.qualifier != nil { counts.qualifiers += 1 }
    }
  }
}
