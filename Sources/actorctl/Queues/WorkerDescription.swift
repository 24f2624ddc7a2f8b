import Actors
import Subprocess
import SystemPackage

/// What a worker application says of itself: `MyApp describe --json`.
struct WorkerDescription: Sendable {
  /// The canonical names of its queues.
  let queueNames: [String]

  /// Runs the application and reads its answer.
  ///
  /// - Throws: ``CommandFailure`` (`data`) when it is no worker application.
  static func read(from executable: String) async throws(CommandFailure) -> WorkerDescription {
    var bytes: [UInt8] = []
    do {
      let result = try await Subprocess.run(
        .path(FilePath(executable)), arguments: ["describe", "--json"], input: .none,
        output: .bytes(limit: 4 * 1024 * 1024),
        error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
      guard result.terminationStatus.isSuccess else {
        throw failure(executable, "it ended with \(result.terminationStatus)")
      }
      bytes = result.standardOutput
    } catch let failure as CommandFailure { throw failure } catch { throw failure(executable, "\(error)") }
    return try WorkerDescription(json: bytes, executable: executable)
  }

  init(json: [UInt8], executable: String) throws(CommandFailure) {
    guard let text = try? JSONText(validating: json), let queues = JSONValue(text)["queues"]?.arrayValue else {
      throw Self.failure(executable, "its answer is no description")
    }
    let names = queues.compactMap { $0.stringValue ?? $0["name"]?.stringValue }
    queueNames = names.filter { (try? QueueName.validate($0)) != nil }
  }

  private static func failure(_ executable: String, _ why: String) -> CommandFailure {
    CommandFailure(
      .data, "\(Printable.escape(executable)) describe --json: \(Printable.escape(why)); is it a worker application?")
  }
}
