import Actors
import FoundationEssentials
import PackageIndex

/// How many packages and relations an index has: the control of the demo.
struct IndexCounts: Decodable, Equatable {
  var packages: Int
  /// By the name of the field.
  var relations: [String: Int]

  init(packages: Int = 0, relations: [String: Int] = [:]) {
    self.packages = packages
    self.relations = relations
  }

  /// Reads the counts from a file.
  ///
  /// - Throws: ``IndexError``.
  init(contentsOf path: String) throws {
    do {
      self = try JSONDecoder().decode(IndexCounts.self, from: Data(contentsOf: URL(filePath: path)))
    } catch { throw IndexError("\(path) holds no counts: \(error)") }
  }

  subscript(field: RelationField) -> Int { relations[field.rawValue] ?? 0 }
}
