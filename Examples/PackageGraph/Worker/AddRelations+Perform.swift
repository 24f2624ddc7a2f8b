package import Actors
import Middleware
package import PackageIndex

extension AddRelations: MessageActor {
  package func perform(in context: MessageContext) async throws {
    var dependencies: [[String: BoltValue]] = []
    var provisions: [[String: BoltValue]] = []
    for package in packages {
      for relation in try package.relations() {
        var row = ["from": package.name.boltValue, "to": relation.name.boltValue]
        guard relation.field != .provides else {
          row["key"] = RelationType.key(of: package.name, relation.name).boltValue
          provisions.append(row)
          continue
        }
        let kind = relation.field.rawValue
        row["key"] = RelationType.key(of: package.name, kind, relation.name).boltValue
        row["kind"] = kind.boltValue
        row["constraint"] = relation.constraint.boltValue
        dependencies.append(row)
      }
    }
    var queries = belongings
    // Whether a name is a package or not, the graph knows: each row finds its end under one of the labels.
    for label in [NodeLabel.package, .virtual] {
      queries.append(
        try """
        UNWIND \(dependencies) AS row
        MATCH (p:Package {name: row.from}) MATCH (other:\(label: label.rawValue) {name: row.to})
        MERGE (p)-[d:DEPENDS_ON {key: row.key, kind: row.kind}]->(other)
        SET d.constraint = coalesce(row.constraint, d.constraint)
        """)
      queries.append(
        try """
        UNWIND \(provisions) AS row
        MATCH (p:Package {name: row.from}) MATCH (other:\(label: label.rawValue) {name: row.to})
        MERGE (p)-[:PROVIDES {key: row.key}]->(other)
        """)
    }
    let belongings = packages.count { $0.section != nil } + packages.count { $0.maintainer != nil }
    try await context.write(queries, rows: belongings + dependencies.count + provisions.count)
  }

  /// The section and the maintainer of every package.
  private var belongings: [Query] {
    let rows = packages.map { package in
      [
        "name": package.name.boltValue, "section": package.section.boltValue,
        "maintainer": package.maintainer.boltValue,
        "sectionKey": package.section.map { RelationType.key(of: package.name, $0) }.boltValue,
        "maintainerKey": package.maintainer.map { RelationType.key(of: package.name, $0) }.boltValue,
      ]
    }
    return [
      """
      UNWIND \(rows) AS row
      MATCH (p:Package {name: row.name}) MATCH (s:Section {name: row.section})
      MERGE (p)-[:IN {key: row.sectionKey}]->(s)
      """,
      // From the package's side: it has one maintainer, who has thousands of packages.
      """
      UNWIND \(rows) AS row
      MATCH (p:Package {name: row.name}) MATCH (m:Maintainer {name: row.maintainer})
      MERGE (p)<-[:MAINTAINS {key: row.maintainerKey}]-(m)
      """,
    ]
  }
}
