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

  @Test("A folder that is not there is an error with its path")
  func missingFolder() {
    let error = #expect(throws: StateDirectoryError.self) {
      try CrashLedger(directory: "/nowhere/at/all").recordCrash(of: ["a"])
    }
    #expect(error?.description.contains("/nowhere/at/all") == true)
  }
}
