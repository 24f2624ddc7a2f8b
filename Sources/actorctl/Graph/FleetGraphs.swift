import Actors
import FoundationEssentials
import Glibc
import Middleware

/// The graph connections of worker processes, from wherever they can be read.
struct FleetGraphs: Sendable {
  /// One worker process.
  struct Process: Sendable {
    /// The name of its state folder, or the address of its health port.
    let fleet: String
    /// The number of its state file.
    let worker: Int
    /// Its process id.
    let pid: Int32
    /// How its graph stands.
    let graph: GraphReport
  }

  /// Where to look.
  enum Source: Sendable {
    /// Every fleet of this user.
    case everywhere
    /// State folders.
    case folders([String])
    /// Health ports.
    case ports([String])
  }

  let source: Source
  let environment: [String: String]

  /// The processes that have published something, as they stand now.
  ///
  /// - Throws: ``CommandFailure``.
  func read() throws(CommandFailure) -> [Process] {
    switch source {
    case .everywhere: return StateDirectory.folders(environment).flatMap { Self.processes(in: $0) }
    case .folders(let paths):
      for path in paths where access(path, R_OK | X_OK) != 0 {
        throw CommandFailure(.notFound, "the state folder \(Printable.escape(path)): \(SystemError.text(errno))")
      }
      return paths.flatMap { Self.processes(in: $0) }
    case .ports(let addresses):
      var found: [Process] = []
      for address in addresses { found += try Self.processes(at: address) }
      return found
    }
  }

  // MARK: - State folders

  private static func processes(in folder: String) -> [Process] {
    let states = WorkerStates(directory: folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { WorkerStateFile.slot(ofName: $0) }.sorted().compactMap { slot in
      guard let pid = WorkerStateFile.readLiving(path: WorkerStateFile.path(in: folder, slot: slot))?.pid,
        let content = states.published(slot: slot, pid: pid)?.figures.documents["graph"],
        let graph = report(content)
      else { return nil }
      let fleet = folder.split(separator: "/").last.map(String.init) ?? folder
      return Process(fleet: fleet, worker: slot, pid: pid, graph: graph)
    }
  }

  private static func report(_ content: JSONValue) -> GraphReport? {
    guard let bytes = try? JSONEncoder().encode(content) else { return nil }
    return try? JSONDecoder().decode(GraphReport.self, from: bytes)
  }

  // MARK: - Health ports

  private struct Page: Decodable {
    struct Entry: Decodable {
      let worker: Int
      let pid: Int32
      let content: GraphReport
    }
    let processes: [Entry]
  }

  private static func processes(at address: String) throws(CommandFailure) -> [Process] {
    guard let body = try HealthClient.page("/graph.json", at: address) else { return [] }
    guard let page = try? JSONDecoder().decode(Page.self, from: Data(body)) else {
      throw CommandFailure(.data, "the answer of \(Printable.escape(address)) to /graph.json is of another version")
    }
    return page.processes.map { Process(fleet: address, worker: $0.worker, pid: $0.pid, graph: $0.content) }
  }
}
