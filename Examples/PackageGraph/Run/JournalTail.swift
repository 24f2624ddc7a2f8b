import Actors
import FoundationEssentials
import Glibc
import PackageIndex

/// Reads what the workers append to their journals, as it comes.
struct JournalTail {
  private struct File {
    let descriptor: Int32
    var pending: [UInt8] = []
  }

  /// The process whose journal grew last.
  private(set) var lastWriter: pid_t?
  /// How many processes have opened a journal.
  var processes: Int { files.count }

  private let folder: String
  private var files: [pid_t: File] = [:]
  private var buffer = [UInt8](repeating: 0, count: 256 * 1024)

  init(folder: String) { self.folder = folder }

  /// Everything that was appended since the last call. A line without its end is left for the next call.
  ///
  /// - Throws: ``IndexError`` when a line cannot be read.
  mutating func read() throws -> [(process: pid_t, line: JournalLine)] {
    try openNewJournals()
    return try files.keys.flatMap { pid in try read(journalOf: pid).map { (process: pid, line: $0) } }
  }

  private mutating func openNewJournals() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      guard name.hasPrefix("journal-"), let pid = pid_t(name.dropFirst(8).prefix { $0.isNumber }) else { continue }
      if files[pid] != nil { continue }
      let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
      if descriptor >= 0 { files[pid] = File(descriptor: descriptor) }
    }
  }

  private mutating func read(journalOf pid: pid_t) throws -> [JournalLine] {
    guard var file = files[pid] else { return [] }
    defer { files[pid] = file }
    var lines: [JournalLine] = []
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(file.descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return lines }
      lastWriter = pid
      file.pending += buffer[..<count]
      guard let end = file.pending.lastIndex(of: UInt8(ascii: "\n")) else { continue }
      for line in file.pending[..<end].split(separator: UInt8(ascii: "\n")) {
        do {
          lines.append(try JSONText(validating: Array(line)).decode(JournalLine.self))
        } catch { throw IndexError("journal-\(pid).jsonl has a line that cannot be read: \(error)") }
      }
      file.pending.removeSubrange(...end)
    }
  }
}
