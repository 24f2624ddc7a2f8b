internal import FoundationEssentials
import Synchronization

/// The time zones that this machine knows: the compiled files of the tz database (RFC 8536), read when first needed.
package final class TimeZoneDatabase: Sendable {
  private let folder: String
  private let known = Lock<[String: TimeZoneRules]>([:])
  private let unknown = Lock<Set<String>>([])

  /// The database of a folder.
  package init(folder: String) { self.folder = folder }

  /// The database of the machine.
  package static let system = TimeZoneDatabase(folder: "/usr/share/zoneinfo")

  /// The rules of a zone.
  ///
  /// - Throws: ``BoltDecodingError`` for a name that the machine does not know.
  package func rules(of name: String) throws(BoltDecodingError) -> TimeZoneRules {
    if let rules = known.withLock({ $0[name] }) { return rules }
    guard !unknown.withLock({ $0.contains(name) }), let rules = read(name) else {
      remember(unknown: name)
      throw BoltDecodingError(
        expected: "a time zone that this machine knows (the tz database in \(folder))", found: "'\(name.prefix(64))'")
    }
    // Names come from outside, but only those that are files of the folder are kept.
    known.withLock { $0[name] = rules }
    return rules
  }

  private func read(_ name: String) -> TimeZoneRules? {
    guard Self.isSafe(name), let data = FileManager.default.contents(atPath: "\(folder)/\(name)"),
      data.count <= Self.largestFile
    else { return nil }
    return TimeZoneRules(file: [UInt8](data))
  }

  /// Spares looking for a file once for each value of a result. Names come from outside, so only a few are kept, and
  /// with them for as long as the process runs what the machine did not have when it was asked.
  private func remember(unknown name: String) {
    // A file that is there may be read another time, when the process has a descriptor to spare.
    guard Self.isSafe(name), !FileManager.default.fileExists(atPath: "\(folder)/\(name)") else { return }
    unknown.withLock { if $0.count < Self.mostUnknown { $0.insert(name) } }
  }

  /// How many names that are no zones are remembered.
  private static let mostUnknown = 64

  /// More than any file of the database has.
  private static let largestFile = 256 * 1024

  /// Whether a name, which becomes a part of a path, can be one of a zone.
  private static func isSafe(_ name: String) -> Bool {
    guard !name.isEmpty, name.utf8.count <= 64 else { return false }
    return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty
        && part.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"):
            true
          default: false
          }
        }
    }
  }
}
