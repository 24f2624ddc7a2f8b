import Foundation
import TestSupport
import Testing

@testable import actorctl

@Suite("Fleets of real processes")
struct FleetProcessTests {
  @Test func `a killed process is started again and its neighbour is left alone`() async throws {
    try await ScriptedFleet.with { fleet in
      let started = try await fleet.wait(for: "start", times: 2)
      kill(started[0], SIGKILL)
      let again = try await fleet.wait(for: "start", times: 3)
      #expect(kill(started[1], 0) == 0)
      #expect(!started.contains(again[2]))
      fleet.process.signal(SIGTERM)
      #expect(try await fleet.process.waitForExit() == .code(0))
      #expect(fleet.said("term").sorted() == [started[1], again[2]].sorted())
      #expect(fleet.process.output.contains("signal 9 (KILL)"))
    }
  }

  @Test func `a signal to the terminal's process group reaches each worker once, through the supervisor`() async throws
  {
    try await ScriptedFleet.with { fleet in
      let started = try await fleet.wait(for: "start", times: 2)
      kill(-fleet.process.pid, SIGINT)
      #expect(try await fleet.process.waitForExit() == .code(0))
      #expect(fleet.said("term").sorted() == started.sorted())
    }
  }

  @Test func `a configuration error of a worker ends the fleet with its code`() async throws {
    let script = "#!/bin/sh\necho \"start $$\" >> \"$JOURNAL\"\nexit 78"
    try await ScriptedFleet.with(script, processes: 1) { fleet in
      let exit = try await fleet.process.waitForExit()
      #expect(exit == .code(78))
      #expect(fleet.said("start").count == 1)
    }
  }

  @Test func `a worker that ends with 0 at once is started again with growing pauses`() async throws {
    let script = "#!/bin/sh\necho \"start $$\" >> \"$JOURNAL\"\nexit 0"
    try await ScriptedFleet.with(script, processes: 1) { fleet in
      try await fleet.wait(for: "start", times: 3)
      #expect(fleet.process.isRunning)
      #expect(fleet.process.output.contains("200 ms"))
      fleet.process.signal(SIGTERM)
      #expect(try await fleet.process.waitForExit() == .code(0))
    }
  }

  @Test func `the second signal reaches the workers at once`() async throws {
    let script = """
      #!/bin/sh
      count=0
      trap 'count=$((count + 1)); echo "term $$" >> "$JOURNAL"; [ $count -ge 2 ] && exit 1' TERM
      echo "start $$" >> "$JOURNAL"
      while :; do sleep 0.05; done
      """
    try await ScriptedFleet.with(script, processes: 1) { fleet in
      try await fleet.wait(for: "start", times: 1)
      fleet.process.signal(SIGTERM)
      try await fleet.wait(for: "term", times: 1)
      #expect(fleet.process.isRunning)
      fleet.process.signal(SIGTERM)
      #expect(try await fleet.process.waitForExit() == .code(1))
    }
  }

  @Test func `a worker that hears no signal is killed, the third signal at the latest`() async throws {
    let script = "#!/bin/sh\ntrap '' TERM\necho \"start $$\" >> \"$JOURNAL\"\nwhile :; do sleep 0.05; done"
    try await ScriptedFleet.with(script, processes: 1) { fleet in
      let pid = try await fleet.wait(for: "start", times: 1)[0]
      fleet.process.signal(SIGTERM)
      try await eventually("drain begins") { fleet.process.output.contains("workers drain") }
      fleet.process.signal(SIGTERM)
      try await eventually("force begins") { fleet.process.output.contains("leave at once") }
      fleet.process.signal(SIGTERM)
      #expect(try await fleet.process.waitForExit() == .code(1))
      #expect(kill(pid, 0) != 0)
    }
  }

  @Test func `workers notice the death of their supervisor`() async throws {
    try await ScriptedFleet.with { fleet in
      let started = try await fleet.wait(for: "start", times: 2)
      fleet.process.signal(SIGKILL)
      #expect(try await fleet.wait(for: "eof", times: 2).sorted() == started.sorted())
      try await eventually("no orphans") { fleet.process.members.isEmpty }
    }
  }

  @Test func `a reload replaces the processes and keeps the pid and the pid file`() async throws {
    let folder = try TemporaryFolder()
    let options = ["--pid-file", folder.file("pid")]
    try await ScriptedFleet.with(processes: 1, options: options) { fleet in
      let old = try await fleet.wait(for: "start", times: 1)[0]
      let line = folder.read("pid")
      #expect(line == "\(fleet.process.pid)\n")
      fleet.process.signal(SIGHUP)
      let new = try await fleet.wait(for: "start", times: 2)[1]
      #expect(try await fleet.wait(for: "term", times: 1) == [old])
      try await eventually("the reload ends") { fleet.process.output.contains("reload done") }
      #expect(kill(new, 0) == 0)
      #expect(folder.read("pid") == line)
      fleet.process.signal(SIGTERM)
      #expect(try await fleet.process.waitForExit() == .code(0))
      #expect(!FileManager.default.fileExists(atPath: folder.file("pid")))
    }
  }

  @Test func `a live pid file keeps a second fleet from starting`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("1\n", to: "pid")
    try await ScriptedFleet.with(options: ["--pid-file", folder.file("pid")]) { fleet in
      let exit = try await fleet.process.waitForExit()
      #expect(exit == .code(4))
      #expect(folder.read("pid") == "1\n")
      #expect(fleet.said("start").isEmpty)
    }
  }

  @Test func `the fleet's health port tells who is not ready, and why`() async throws {
    try await ScriptedFleet.with(options: ["--health", ":0"]) { fleet in
      try await fleet.wait(for: "start", times: 2)
      let port = try await eventually("the port", within: .seconds(10)) {
        fleet.process.output.firstMatch(of: /"port":"(\d+)"/).flatMap { Int($0.1) }
      }
      let ready = try RawHTTP.exchange(port, "GET /readyz HTTP/1.0\r\n\r\n")
      #expect(ready.hasPrefix("HTTP/1.1 503 "))
      #expect(ready.contains("is starting"))
      let alive = try RawHTTP.exchange(port, "GET /healthz HTTP/1.0\r\n\r\n")
      #expect(alive.hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test func `a broker URL on the command line is not seen in the process list`() async throws {
    let options = ["--broker-url", "amqp://user:hunter2@127.0.0.1/"]
    try await ScriptedFleet.with(processes: 1, options: options) { fleet in
      let worker = try await fleet.wait(for: "start", times: 1)[0]
      for pid in [fleet.process.pid, worker] {
        let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        #expect(!line.isEmpty)
        #expect(line.range(of: Data("hunter2".utf8)) == nil)
      }
      #expect(fleet.process.output.contains("a password on the command line"))
      #expect(!fleet.process.output.contains("hunter2"))
    }
  }
}
