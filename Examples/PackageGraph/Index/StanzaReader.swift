import Glibc

/// Reads a package index (what `apt-cache dumpavail` prints) stanza by stanza, without holding more than one in memory.
package final class StanzaReader {
  private let file: UnsafeMutablePointer<FILE>
  private var line: UnsafeMutablePointer<CChar>?
  private var capacity = 0
  private var number = 0

  /// Opens an index.
  ///
  /// - Throws: ``IndexError``.
  package init(path: String) throws {
    guard let file = fopen(path, "re") else { throw IndexError("\(path): \(String(cString: strerror(errno)))") }
    self.file = file
  }

  deinit {
    fclose(file)
    free(line)
  }

  /// The next stanza; nil at the end.
  ///
  /// - Throws: ``IndexError`` when a stanza names no package.
  package func next() throws -> PackageStanza? {
    var fields: [String: String] = [:]
    var current: String?
    while let line = nextLine() {
      if line.isEmpty {
        if fields.isEmpty { continue }
        break
      }
      if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t") {
        if let current { fields[current, default: ""] += String(decoding: line, as: UTF8.self) }
        continue
      }
      current = nil
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
      guard Self.wanted.contains(name) else { continue }
      current = name
      fields[name] = String(decoding: line[(colon + 1)...], as: UTF8.self)
    }
    return fields.isEmpty ? nil : try stanza(of: fields)
  }

  private func stanza(of fields: [String: String]) throws -> PackageStanza {
    func value(_ name: String) -> String? {
      fields[name.lowercased()].map { text in
        let text = text.drop(while: \.isWhitespace)
        return String(text.lastIndex { !$0.isWhitespace }.map { text[...$0] } ?? "")
      }
    }
    guard let package = value("Package"), !package.isEmpty else {
      throw IndexError("the stanza that ends at line \(number) names no package")
    }
    var stanza = PackageStanza(name: package)
    stanza.version = value("Version")
    stanza.section = value("Section")
    stanza.maintainer = value("Maintainer")
    stanza.installedSize = value("Installed-Size").flatMap { Int($0) }
    for field in RelationField.allCases { stanza.relationFields[field.rawValue] = value(field.rawValue) }
    return stanza
  }

  /// The next line without its end; nil at the end of the file. Valid until the next call.
  private func nextLine() -> UnsafeBufferPointer<UInt8>.SubSequence? {
    let count = getline(&line, &capacity, file)
    guard count >= 0, let line else { return nil }
    number += 1
    let bytes = UnsafeRawBufferPointer(start: line, count: count).bindMemory(to: UInt8.self)
    return bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
  }

  private static let wanted = Set(
    (["Package", "Version", "Section", "Maintainer", "Installed-Size"] + RelationField.allCases.map(\.rawValue))
      .map { $0.lowercased() })
}

/// The package index cannot be read.
package struct IndexError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
