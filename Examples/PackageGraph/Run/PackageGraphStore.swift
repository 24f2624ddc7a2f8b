import BoltDriver
import FoundationEssentials
import PackageIndex

/// The graph, as the driver of the demo sees it: its constraints before the load, and what is in it afterwards.
struct PackageGraphStore {
  private let driver: Driver

  /// The graph of the environment (`BOLT_URL` and the others).
  ///
  /// - Throws: `BoltError`.
  init() throws {
    driver = try Driver(DriverConfiguration(environment: ProcessInfo.processInfo.environment))
  }

  func close() async { await driver.close() }

  /// Makes the constraints without which two `MERGE`s at the same time may both make a node or a relation; they are also
  /// the indexes.
  ///
  /// - Throws: `BoltError`.
  func prepare() async throws {
    for label in NodeLabel.allCases {
      try await driver.executeQuery(
        """
        CREATE CONSTRAINT \(identifier: "\(label.rawValue.lowercased())_name") IF NOT EXISTS
        FOR (n:\(label: label.rawValue)) REQUIRE n.name IS UNIQUE
        """)
    }
    for type in RelationType.allCases {
      try await driver.executeQuery(
        """
        CREATE CONSTRAINT \(identifier: "\(type.rawValue.lowercased())_key") IF NOT EXISTS
        FOR ()-[r:\(label: type.rawValue)]-() REQUIRE r.key IS UNIQUE
        """)
    }
  }

  /// Counts everything that is in the graph.
  ///
  /// - Throws: `BoltError`, `BoltDecodingError`.
  func counts() async throws -> GraphCounts {
    var counts = GraphCounts()
    for row in try await rows("MATCH (n) RETURN labels(n)[0] AS name, count(n) AS number, 0 AS constrained") {
      counts.nodes[row.name] = row.number
    }
    for row in try await rows("MATCH ()-[r]->() RETURN type(r) AS name, count(r) AS number, 0 AS constrained")
    where row.name != "DEPENDS_ON" {
      counts.relations[row.name] = row.number
    }
    let kinds = try await rows(
      "MATCH ()-[d:DEPENDS_ON]->() RETURN d.kind AS name, count(d) AS number, count(d.constraint) AS constrained")
    for row in kinds {
      counts.relations[row.name] = row.number
      counts.constraints += row.constrained
    }
    return counts
  }

  /// The ten packages that most others cannot do without, and how many those are.
  ///
  /// - Throws: `BoltError`, `BoltDecodingError`.
  func mostDependedOn() async throws -> [(name: String, packages: Int)] {
    try await driver.executeQuery(
      """
      MATCH (other:Package)-[d:DEPENDS_ON]->(p:Package) WHERE d.kind IN ['Depends', 'Pre-Depends']
      WITH p.name AS name, count(DISTINCT other.name) AS packages
      RETURN name, packages ORDER BY packages DESC, name LIMIT 10
      """, accessMode: .read
    ).records.map { try $0.decode(String.self, Int.self) }.map { (name: $0, packages: $1) }
  }

  /// What a package cannot do without: `libgcc-s1`, `libcrypt1 (>= 1:4.4.10-10)`.
  ///
  /// - Throws: `BoltError`, `BoltDecodingError`.
  func needs(of package: String) async throws -> [String] {
    try await driver.executeQuery(
      """
      MATCH (:Package {name: \(package)})-[d:DEPENDS_ON]->(other) WHERE d.kind IN ['Depends', 'Pre-Depends']
      RETURN DISTINCT other.name AS name, d.constraint AS constraint ORDER BY name
      """, accessMode: .read
    ).records.map { record in
      let name = try record.get("name", as: String.self)
      return try record.get("constraint", as: String?.self).map { "\(name) (\($0))" } ?? name
    }
  }

  private struct Row: Decodable {
    var name: String
    var number: Int
    var constrained: Int
  }

  private func rows(_ query: Query) async throws -> [Row] {
    try await driver.executeQuery(query, accessMode: .read).decode(Row.self)
  }
}
