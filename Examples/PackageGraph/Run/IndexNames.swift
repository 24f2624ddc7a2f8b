import PackageIndex

/// Every name that an index speaks of.
struct IndexNames {
  private(set) var packages: Set<String> = []
  private var others: Set<String> = []
  private var maintainers: Set<String> = []
  private var sections: Set<String> = []

  /// Collects the names of the first `limit` stanzas of an index.
  ///
  /// - Throws: ``IndexError``; ``MalformedRelation``.
  init(index path: String, limit: Int) throws {
    let reader = try StanzaReader(path: path)
    var count = 0
    while count < limit, let stanza = try reader.next() {
      count += 1
      packages.insert(stanza.name)
      if let maintainer = stanza.maintainer { maintainers.insert(maintainer) }
      if let section = stanza.section { sections.insert(section) }
      for relation in try stanza.relations() { others.insert(relation.name) }
    }
  }

  /// The messages that make the nodes which only have a name.
  func messages(of size: Int) -> [AddNames] {
    let kinds: [(NodeLabel, Set<String>)] = [
      (.virtual, others.subtracting(packages)), (.maintainer, maintainers), (.section, sections),
    ]
    return kinds.flatMap { label, names in
      let names = names.sorted()
      return stride(from: 0, to: names.count, by: size).map { start in
        AddNames(label: label, names: Array(names[start..<min(start + size, names.count)]))
      }
    }
  }
}
