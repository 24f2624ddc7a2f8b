import Glibc
import TestSupport
import Testing

@testable import Actors

@Suite("What a worker process leaves behind")
struct WorkerStateFileTests {
  @Test("A reader sees state, reason, figures and the running messages")
  func roundTrip() throws {
    let folder = try TestFolder()
    let path = WorkerStateFile.path(in: folder.path, slot: 3)
    let file = try WorkerStateFile(path: path, slotCount: 4)
    file.set(.degraded, reason: "queue a: no consumer")
    var counters = WorkerSnapshot.Counters()
    counters.processed = 17
    counters.stuck = 1
    file.beat(counters)
    file.begin(0, key: "first")
    file.begin(2, key: String(repeating: "x", count: 200))
    file.begin(3, key: "gone")
    file.end(3)
    file.begin(99, key: "no such slot")
    let snapshot = try #require(WorkerStateFile.read(path: path))
    #expect(snapshot.pid == getpid())
    #expect(snapshot.state == .degraded)
    #expect(snapshot.reason == "queue a: no consumer")
    #expect(snapshot.counters == counters)
    #expect(snapshot.running == ["first", String(repeating: "x", count: 120)])
    #expect(snapshot.heartbeatAge < .seconds(5))
    file.markStopped()
    #expect(WorkerStateFile.read(path: path)?.state == .stopped)
    #expect(WorkerStateFile.read(path: path)?.running == [])
  }

  @Test("A long reason is cut")
  func longReason() throws {
    let folder = try TestFolder()
    let path = WorkerStateFile.path(in: folder.path, slot: 0)
    let file = try WorkerStateFile(path: path, slotCount: 1)
    file.set(.degraded, reason: String(repeating: "ä", count: 400))
    #expect(WorkerStateFile.read(path: path)?.reason.utf8.count == 480)
  }

  @Test("A leftover is one whose owner is gone and had not ended in order")
  func leftovers() throws {
    let folder = try TestFolder()
    let path = WorkerStateFile.path(in: folder.path, slot: 0)
    var file: WorkerStateFile? = try WorkerStateFile(path: path, slotCount: 2)
    file?.begin(1, key: "running")
    #expect(WorkerStateFile.readLeftover(path: path) == nil, "the owner lives")
    file = nil
    #expect(WorkerStateFile.readLeftover(path: path)?.running == ["running"])
    file = try WorkerStateFile(path: path, slotCount: 2)
    file?.markStopped()
    file = nil
    #expect(WorkerStateFile.readLeftover(path: path) == nil, "it ended in order")
    #expect(WorkerStateFile.readLeftover(path: path + "x") == nil)
  }

  @Test("Readers see which messages run, and do not disturb each other")
  func readers() throws {
    let folder = try TestFolder()
    let path = WorkerStateFile.path(in: folder.path, slot: 0)
    var file: WorkerStateFile? = try WorkerStateFile(path: path, slotCount: 3)
    let readers = try (0..<2).map { _ in try #require(WorkerStateReader(path: path)) }
    file?.begin(2, key: "running")
    for reader in readers {
      #expect(reader.lists("running"))
      #expect(!["", "run", "running!", String(repeating: "r", count: 200)].contains { reader.lists($0) })
      #expect(!reader.isOwnerGone)
    }
    file?.end(2)
    #expect(!readers[0].lists("running"))
    file = nil
    #expect(readers.allSatisfy { $0.isOwnerGone })
    #expect(WorkerStateReader(path: path + "x") == nil)
  }

  @Test("A process that has ended is known before anybody has waited for it")
  func endedProcess() async throws {
    #expect(!ProcessEnd.hasBegun(getpid()))
    #expect(!ProcessEnd.hasBegun(-1))
    var pid = pid_t()
    let name = strdup("true")
    defer { free(name) }
    var arguments: [UnsafeMutablePointer<CChar>?] = [name, nil]
    try #require(posix_spawnp(&pid, "true", nil, nil, &arguments, environ) == 0)
    try await eventually("its end") { ProcessEnd.hasBegun(pid) }
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    #expect(!ProcessEnd.hasBegun(pid))
  }

  @Test("A successor does not touch the file of one that still drains")
  func successor() throws {
    let folder = try TestFolder()
    let path = WorkerStateFile.path(in: folder.path, slot: 0)
    let old = try WorkerStateFile(path: path, slotCount: 2)
    let fresh = try WorkerStateFile(path: path, slotCount: 2)
    old.begin(0, key: "old")
    fresh.begin(0, key: "fresh")
    #expect(WorkerStateFile.read(path: path)?.running == ["fresh"])
  }

  @Test("Every cut of a file, and every flipped byte, is read without harm")
  func torn() throws {
    let folder = try TestFolder()
    let path = WorkerStateFile.path(in: folder.path, slot: 0)
    let file = try WorkerStateFile(path: path, slotCount: 3)
    file.set(.consuming, reason: "all is well")
    for slot in 0..<3 { file.begin(slot, key: "message \(slot)") }
    let whole = try #require(SmallFile.read(path, limit: 1 << 20))
    for count in 0...whole.count {
      let snapshot = whole.prefix(count).withUnsafeBytes { WorkerSnapshot($0) }
      #expect((snapshot?.running.count ?? 0) <= 3)
      let lists = whole.prefix(count).withUnsafeBytes { WorkerSnapshot.lists("message 2", in: $0) }
      #expect(lists == (snapshot?.running.contains("message 2") ?? false))
      if count == whole.count { #expect(snapshot?.running.count == 3) }
    }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<5_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      let snapshot = bytes.withUnsafeBytes { WorkerSnapshot($0) }
      #expect(snapshot?.running.allSatisfy { !$0.isEmpty } ?? true)
      _ = bytes.withUnsafeBytes { WorkerSnapshot.lists("message 2", in: $0) }
    }
  }

  @Test("What is no state file is none", arguments: ["", "TRP", "not a state file, whatever it says"])
  func strange(text: String) throws {
    let folder = try TestFolder()
    let path = WorkerStateFile.path(in: folder.path, slot: 0)
    try SmallFile.replace(path, with: Array(text.utf8) + [UInt8](repeating: 0, count: 2_000))
    #expect(WorkerStateFile.read(path: path) == nil)
  }

  @Test("Keys fit their entries, and differ where messages do")
  func keys() {
    let short = Message(queueName: "q", actorName: "a", id: "short")
    #expect(MessageKey.key(of: short) == "short")
    let long = Message(queueName: "q", actorName: "a", id: String(repeating: "l", count: 200))
    let other = Message(queueName: "q", actorName: "b", id: String(repeating: "l", count: 200))
    #expect(MessageKey.key(of: long).utf8.count <= 120)
    #expect(MessageKey.key(of: long) == MessageKey.key(of: long))
    #expect(MessageKey.key(of: long) != MessageKey.key(of: other))
  }
}
