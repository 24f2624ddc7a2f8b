import Actors
import FoundationEssentials
import PackageIndex

/// How many packages and relations an index has: the control of the demo.
struct IndexCounts: Decodable, Equatable {
  var packages = 0
  /// By the name of the field.
  var relations: [String: Int] = [:]
  /// The different packages that relations name.
  var names = 0
  /// Relations with a version.
  var versions = 0
  /// Relations with an architecture: `python3:any`.
  var qualifiers = 0

  init() {}

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
