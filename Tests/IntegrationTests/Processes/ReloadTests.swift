import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `actorctl worker` and SIGHUP: what it runs is replaced, one process after the other.
@Suite struct ReloadTests {
  private static func write(_ text: String, to path: String, mode: Int = 0o644) throws {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(atPath: "/\(folder)", withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    chmod(path, mode_t(mode))
  }

  /// The executable is replaced under a fleet at work: the old processes end what they run, the new ones go on, and
  /// every message runs exactly once.
  @Test func newExecutableTakesOverAndRepeatsNothing() async throws {
    try await withWorkerProcess("reload") { worker, client in
      func executable(_ version: Int) -> String {
        """
        #!/bin/sh
        TEST_JOURNAL='\(worker.folder)/journal-\(version)' exec '\(ProjectLayout.product("TestWorker"))' "$@"

        """
      }
      let journals = [Journal("\(worker.folder)/journal-1"), Journal("\(worker.folder)/journal-2")]
      let path = "\(worker.folder)/app"
      try Self.write(executable(1), to: path, mode: 0o755)
      let fleet = try worker.supervise(
        ["--processes", "2", "--concurrency", "4", "--drain-timeout", "60s"], executable: path)
      try await eventually("both consume") { worker.consumers == 2 }
      var ids = try await worker.send("sleep", 100, times: 400, with: client)
      try await eventually("they work") { try Set(journals[0].entries.map(\.pid)).count == 2 }
      try Self.write(executable(2), to: path, mode: 0o755)
      fleet.signal(SIGHUP)
      try await eventually("the reload ends") { fleet.output.contains("reload done") }
      ids += try await worker.send("noop", 0, times: 20, with: client)
      try await eventually("all run") { try journals.map { try $0.entries.count }.reduce(0, +) >= ids.count }
      let entries = try journals.map { try $0.entries }
      #expect((entries[0] + entries[1]).map(\.id).sorted() == ids.sorted(), "each once")
      #expect(Set(entries[0].map(\.pid)).isDisjoint(with: Set(entries[1].map(\.pid))))
      #expect(entries[1].count { $0.actor == "noop" } == 20, "the new one runs what is sent after the reload")
      let children = LaunchedProcess.children(of: fleet.pid).map { Int($0) }
      #expect(children.count == 2 && Set(children).isDisjoint(with: entries[0].map(\.pid)), "the old ones are gone")
      fleet.signal(SIGTERM)
      #expect(try await fleet.waitForExit() == .code(0), "\(fleet.output.suffix(2_000))")
      #expect(try await client.takeAll(worker.queue).isEmpty)
      await fleet.end()
    }
  }

  /// A product of a package is built again first. When that fails, everything stays as it is.
  @Test func productIsBuiltAgain() async throws {
    let folder = try ProjectLayout.temporaryFolder("package")
    let journal = "\(folder)/journal"
    func source(_ version: String) -> String {
      """
      import Glibc
      let line = Array("\(version)\\n".utf8)
      let journal = open("\(journal)", O_WRONLY | O_APPEND | O_CREAT, 0o644)
      write(journal, line, line.count)
      signal(SIGTERM) { _ in _exit(0) }
      while getchar() != EOF {}

      """
    }
    func lines() -> [String] {
      String(decoding: FileManager.default.contents(atPath: journal) ?? Data(), as: UTF8.self)
        .split(separator: "\n").map(String.init)
    }
    let manifest = """
      // swift-tools-version:6.0
      import PackageDescription
      let package = Package(name: "Reloaded", targets: [.executableTarget(name: "Reloaded")])

      """
    try Self.write(manifest, to: "\(folder)/Package.swift")
    let main = "\(folder)/Sources/Reloaded/main.swift"
    try Self.write(source("first"), to: main)
    let fleet = try LaunchedProcess(
      ProjectLayout.product("actorctl"),
      ["worker", "Reloaded", "--processes", "1", "--configuration", "debug", "--state-dir", "\(folder)/state"],
      // The compiler's lock files go where they are removed with the rest.
      environment: ["AMQP_URL": nil, "AMQP_URL_FILE": nil, "TMPDIR": folder], in: folder)
    do {
      let build = Duration.seconds(300)
      try await eventually("built and started", within: build) { lines() == ["first"] }
      let old = LaunchedProcess.children(of: fleet.pid)
      try Self.write("this is no Swift", to: main)
      fleet.signal(SIGHUP)
      try await eventually("the build fails", within: build) { fleet.output.contains("reload given up") }
      #expect(fleet.output.contains("this is no Swift"), "with the compiler's words")
      #expect(LaunchedProcess.children(of: fleet.pid) == old, "the old one runs on")
      #expect(lines() == ["first"])
      try Self.write(source("second"), to: main)
      fleet.signal(SIGHUP)
      try await eventually("the new one runs", within: build) { lines() == ["first", "second"] }
      try await eventually("the reload ends") { fleet.output.contains("reload done") }
      #expect(Set(LaunchedProcess.children(of: fleet.pid)).isDisjoint(with: old))
      fleet.signal(SIGTERM)
      #expect(try await fleet.waitForExit() == .code(0), "\(fleet.output.suffix(2_000))")
    } catch {
      let output = fleet.output
      await fleet.end()
      throw WireError("\(error)\nactorctl said:\n\(output.suffix(3_000))")
    }
    await fleet.end()
  }
}
