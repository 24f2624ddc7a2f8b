import Actors
import Glibc

/// The file that `PLAYGROUND_JOURNAL` names. Any number of processes append to it: each line is one `write` on a
/// descriptor opened with `O_APPEND`, so lines never mix, and a line that was written outlives its process.
struct Journal: Sendable {
  /// The journal of this process, opened at first use; nil when the variable is not set.
  static let shared: Journal? = environment("PLAYGROUND_JOURNAL").flatMap(Journal.init(path:))

  private let descriptor: Int32

  private init?(path: String) {
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 {
      Logger(label: "playground.journal").error(
        "the journal cannot be opened; runs leave no line",
        metadata: ["path": "\(path)", "error": "\(String(cString: strerror(errno)))"])
      return nil
    }
  }

  /// Appends one line.
  func append(_ entry: JournalEntry) {
    do {
      let line = Array(try JSONText(encoding: entry).bytes) + [UInt8(ascii: "\n")]
      let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written != line.count {
        Logger(label: "playground.journal").error(
          "a line of the journal was not written whole", metadata: ["message.id": "\(entry.id)"])
      }
    } catch {
      Logger(label: "playground.journal").error("a line cannot be written as JSON", metadata: ["error": "\(error)"])
    }
  }
}
