import Actors
import Glibc
import PackageIndex
import Synchronization

/// Lends every message of the process one journal, opened before the first message and closed after the last.
final class JournalFile: Middleware, MessageContextKey {
  typealias Value = JournalFile

  private let descriptor = Mutex<Int32>(-1)

  func workerWillStart(_ worker: WorkerContext) async throws {
    let folder = getenv("PACKAGE_JOURNALS").map { String(cString: $0) } ?? "."
    let path = "\(folder)/journal-\(getpid()).jsonl"
    let opened = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    if opened < 0 { throw JournalError(path: path, errno: errno) }
    descriptor.withLock { $0 = opened }
  }

  func workerDidStop(_ worker: WorkerContext) async {
    descriptor.withLock { descriptor in
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
    }
  }

  func process(_ context: MessageContext, next: Next) async throws -> Outcome {
    context[JournalFile.self] = self
    return await next(context)
  }

  /// Appends one line in one `write`: a worker that is killed leaves the line whole or not at all.
  ///
  /// - Throws: ``JournalError``, so that the message is run again.
  func append(_ line: JournalLine) throws {
    let bytes = Array(try JSONText(encoding: line).bytes) + [UInt8(ascii: "\n")]
    let written = descriptor.withLock { descriptor in
      bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
    if written != bytes.count { throw JournalError(path: "journal-\(getpid()).jsonl", errno: errno) }
  }
}

/// The journal could not be opened or written.
struct JournalError: Error, CustomStringConvertible {
  var path: String
  var errno: Int32
  var description: String { "\(path): \(String(cString: strerror(errno)))" }
}
