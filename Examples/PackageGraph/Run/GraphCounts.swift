import FoundationEssentials
import PackageIndex

/// How many nodes and relations there are: in the graph, or in the index, where another program has counted them.
struct GraphCounts: Decodable, Equatable {
  /// By label.
  var nodes: [String: Int] = [:]
  /// By type; those of the type DEPENDS_ON by kind.
  var relations: [String: Int] = [:]
  /// Relations with a version constraint.
  var constraints = 0

  /// Every node and every relation.
  var total: Int { nodes.values.reduce(0, +) + relations.values.reduce(0, +) }

  init() {}

  /// Reads the counts from a file.
  ///
  /// - Throws: ``IndexError``.
  init(contentsOf path: String) throws {
    do {
      self = try JSONDecoder().decode(GraphCounts.self, from: Data(contentsOf: URL(filePath: path)))
    } catch { throw IndexError("\(path) holds no counts: \(error)") }
  }

  /// The names of all counts, in the order in which they are shown.
  static var relationNames: [String] {
    RelationField.allCases.filter { $0 != .provides }.map(\.rawValue) + ["PROVIDES", "MAINTAINS", "IN"]
  }
}
