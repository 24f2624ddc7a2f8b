package import Actors
import Middleware
package import PackageIndex

extension AddRelations: MessageActor {
  package func perform(in context: MessageContext) async throws {
    var dependencies: [[String: BoltValue]] = []
    var provisions: [[String: BoltValue]] = []
    for package in packages {
      for relation in try package.relations() {
        let ends = ["from": package.name.boltValue, "to": relation.name.boltValue]
        guard relation.field != .provides else {
          provisions.append(ends)
          continue
        }
        let more = ["kind": relation.field.rawValue.boltValue, "constraint": relation.constraint.boltValue]
        dependencies.append(ends.merging(more) { first, _ in first })
      }
    }
    var queries = belongings
    // Whether a name is a package or not, the graph knows: each row finds its end under one of the labels.
    for label in [NodeLabel.package, .virtual] {
      queries.append(
        try """
        UNWIND \(dependencies) AS row
        MATCH (p:Package {name: row.from}) MATCH (other:\(label: label.rawValue) {name: row.to})
        MERGE (p)-[d:DEPENDS_ON {kind: row.kind}]->(other)
        SET d.constraint = coalesce(row.constraint, d.constraint)
        """)
      queries.append(
        try """
        UNWIND \(provisions) AS row
        MATCH (p:Package {name: row.from}) MATCH (other:\(label: label.rawValue) {name: row.to})
        MERGE (p)-[:PROVIDES]->(other)
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
      ]
    }
    return [
      """
      UNWIND \(rows) AS row
      MATCH (p:Package {name: row.name}) MATCH (s:Section {name: row.section})
      MERGE (p)-[:IN]->(s)
      """,
      // From the package's side: it has one maintainer, who has thousands of packages.
      """
      UNWIND \(rows) AS row
      MATCH (p:Package {name: row.name}) MATCH (m:Maintainer {name: row.maintainer})
      MERGE (p)<-[:MAINTAINS]-(m)
      """,
    ]
  }
}
