package import Actors
import Middleware
package import PackageIndex

extension AddNames: MessageActor {
  package func perform(in context: MessageContext) async throws {
    let query: Query = try "UNWIND \(names) AS name MERGE (:\(label: label.rawValue) {name: name})"
    try await context.write([query], rows: names.count)
  }
}

extension AddPackages: MessageActor {
  package func perform(in context: MessageContext) async throws {
    let rows = packages.map { package in
      [
        "name": package.name.boltValue, "version": package.version.boltValue, "section": package.section.boltValue,
        "size": package.installedSize.boltValue,
      ]
    }
    let query: Query = """
      UNWIND \(rows) AS row MERGE (p:Package {name: row.name})
      SET p.version = row.version, p.section = row.section, p.installed_size = row.size
      """
    try await context.write([query], rows: packages.count)
  }
}
