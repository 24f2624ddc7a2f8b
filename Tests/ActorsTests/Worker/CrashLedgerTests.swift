import Glibc
import TestSupport
import Testing

@testable import Actors

@Suite("Which messages end their processes")
struct CrashLedgerTests {
  @Test("One crash is bad luck, two make a suspect, three condemn")
  func verdicts() throws {
    let folder = try TestFolder()
    let ledger = CrashLedger(directory: folder.path)
    #expect(ledger.verdict(of: "a") == .clear)
    try ledger.recordCrash(of: ["a", "b", "a"])
    #expect(ledger.verdict(of: "a") == .clear)
    try ledger.recordCrash(of: ["a"])
    #expect(ledger.verdict(of: "a") == .suspect(crashes: 2))
    #expect(ledger.verdict(of: "b") == .clear)
    try ledger.recordCrash(of: ["a"])
    #expect(ledger.verdict(of: "a") == .condemned(crashes: 3))
    try ledger.clear("a")
    #expect(ledger.verdict(of: "a") == .clear)
  }

  @Test("Every process sees what another one wrote")
  func shared() throws {
    let folder = try TestFolder()
    let (one, other) = (CrashLedger(directory: folder.path), CrashLedger(directory: folder.path))
    #expect(other.verdict(of: "a") == .clear)
    try one.recordCrash(of: ["a"])
    try one.recordCrash(of: ["a"])
    #expect(other.verdict(of: "a") == .suspect(crashes: 2))
    try other.clear("a")
    #expect(one.verdict(of: "a") == .clear)
  }

  @Test("A crash is forgotten after a day")
  func expiry() throws {
    let folder = try TestFolder()
    let time = TestTime()
    let ledger = CrashLedger(directory: folder.path, now: { Int64(time.now) })
    for _ in 0..<3 { try ledger.recordCrash(of: ["a"]) }
    time.now += 24 * 3_600 * 1_000
    #expect(ledger.verdict(of: "a") == .condemned(crashes: 3))
    time.now += 1
    #expect(ledger.verdict(of: "a") == .clear)
  }

  @Test("A parked message is known for a minute, and its next crash is its first")
  func parked() throws {
    let folder = try TestFolder()
    let time = TestTime()
    let ledger = CrashLedger(directory: folder.path, now: { Int64(time.now) })
    for _ in 0..<3 { try ledger.recordCrash(of: ["a", "b"]) }
    for key in ["a", "b", "unknown"] { try ledger.park(key) }
    time.now += 60_000
    #expect(ledger.verdict(of: "a") == .condemned(crashes: 3))
    try ledger.recordCrash(of: ["a"])
    #expect(ledger.verdict(of: "a") == .clear)
    try ledger.recordCrash(of: ["a"])
    time.now += 1
    #expect(ledger.verdict(of: "a") == .suspect(crashes: 2))
    #expect(ledger.verdict(of: "b") == .clear)
    #expect(ledger.verdict(of: "unknown") == .clear)
  }

  @Test("Garbage counts as an empty ledger", arguments: ["", "{", "[]", #"{"schema":1}"#, "\u{0}\u{1}"])
  func garbage(text: String) throws {
    let folder = try TestFolder()
    try SmallFile.replace("\(folder.path)/crashes.json", with: Array(text.utf8))
    let ledger = CrashLedger(directory: folder.path)
    #expect(ledger.verdict(of: "a") == .clear)
    try ledger.recordCrash(of: ["a"])
    try ledger.recordCrash(of: ["a"])
    #expect(ledger.verdict(of: "a") == .suspect(crashes: 2))
  }

  @Test("Many writers lose no crash")
  func writers() async throws {
    let folder = try TestFolder()
    let path = folder.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for _ in 0..<10 { try CrashLedger(directory: path).recordCrash(of: ["all", "own \(writer)"]) }
        }
      }
      try await group.waitForAll()
    }
    #expect(CrashLedger(directory: path).verdict(of: "all") == .condemned(crashes: 40))
    #expect(CrashLedger(directory: path).verdict(of: "own 3") == .condemned(crashes: 10))
  }

  @Test("A crash counts once, whoever tells of it")
  func once() throws {
    let folder = try TestFolder()
    let (one, other) = (CrashLedger(directory: folder.path), CrashLedger(directory: folder.path))
    for _ in 0..<2 { try one.recordCrash(of: ["a"]) }
    try one.recordCrash(of: ["a", "b"], life: 7)
    try other.recordCrash(of: ["a", "b"], life: 7)
    #expect(other.verdict(of: "a") == .condemned(crashes: 3))
    try one.recordCrash(of: ["b"], life: 8)
    #expect(one.verdict(of: "b") == .suspect(crashes: 2))
    try one.clear("b")
    try other.recordCrash(of: ["b"], life: 8)
    try one.recordCrash(of: ["b"], life: 9)
    #expect(one.verdict(of: "b") == .clear, "told late, it does not count again")
  }

  @Test("An end that was pardoned is no crash")
  func pardon() throws {
    let folder = try TestFolder()
    let ledger = CrashLedger(directory: folder.path)
    for _ in 0..<2 { try ledger.recordCrash(of: ["a"]) }
    try ledger.pardon(life: 7)
    try CrashLedger(directory: folder.path).recordCrash(of: ["a"], life: 7)
    #expect(ledger.verdict(of: "a") == .suspect(crashes: 2))
  }

  /// A worker that dies with messages running.
  private func die(
    _ keys: [String], in folder: TestFolder, slot: Int, before end: (WorkerStateFile) -> Void = { _ in }
  ) throws {
    let file = try WorkerStateFile(path: WorkerStateFile.path(in: folder.path, slot: slot), slotCount: 4)
    for (index, key) in keys.enumerated() { file.begin(index, key: key) }
    end(file)
  }

  @Test("What dead siblings were running counts before the supervisor tells of it, and only once")
  func siblings() throws {
    let folder = try TestFolder()
    let ledger = CrashLedger(directory: folder.path)
    try die(["a", "b"], in: folder, slot: 1)
    try die(["a", "c"], in: folder, slot: 12)
    let lives = [1, 12].compactMap { slot in
      WorkerStateFile.read(path: WorkerStateFile.path(in: folder.path, slot: slot))?.life
    }
    #expect(Set(lives).count == 2)
    for _ in 0..<3 { try ledger.countCrashes(with: "a") }
    #expect(ledger.verdict(of: "a") == .suspect(crashes: 2))
    try CrashLedger(directory: folder.path).recordCrash(of: ["a", "b"], life: lives[0])
    try ledger.countCrashes(with: "b")
    #expect(ledger.verdict(of: "a") == .suspect(crashes: 2))
    #expect(ledger.verdict(of: "b") == .clear)
  }

  @Test("Siblings that live, or ended in order, prove nothing")
  func innocentSiblings() throws {
    let folder = try TestFolder()
    let ledger = CrashLedger(directory: folder.path)
    for _ in 0..<2 { try ledger.recordCrash(of: ["a"]) }
    let living = try WorkerStateFile(path: WorkerStateFile.path(in: folder.path, slot: 0), slotCount: 4)
    living.begin(2, key: "a")
    try die(["a"], in: folder, slot: 1) { $0.markStopped() }
    try die(["b"], in: folder, slot: 2)
    try die(["a"], in: folder, slot: 3) { $0.end(0) }
    try SmallFile.replace(WorkerStateFile.path(in: folder.path, slot: 4), with: Array("no state file".utf8))
    try ledger.countCrashes(with: "a")
    #expect(ledger.verdict(of: "a") == .suspect(crashes: 2))
    withExtendedLifetime(living) {}
  }

  @Test("The crash of a worker is found whose file took the place of one that was known")
  func replacedFile() async throws {
    let folder = try TestFolder()
    let ledger = CrashLedger(directory: folder.path)
    for _ in 0..<2 { try ledger.recordCrash(of: ["a"]) }
    let path = WorkerStateFile.path(in: folder.path, slot: 0)
    let first = try WorkerStateFile(path: path, slotCount: 1)
    first.begin(0, key: "a")
    try ledger.countCrashes(with: "a")
    try die(["a"], in: folder, slot: 0)
    try await eventually("its death is found") {
      try ledger.countCrashes(with: "a")
      return ledger.verdict(of: "a") == .condemned(crashes: 3)
    }
    withExtendedLifetime(first) {}
  }

  @Test("A folder that is not there is an error with its path")
  func missingFolder() {
    let error = #expect(throws: StateDirectoryError.self) {
      try CrashLedger(directory: "/nowhere/at/all").recordCrash(of: ["a"])
    }
    #expect(error?.description.contains("/nowhere/at/all") == true)
  }
}
