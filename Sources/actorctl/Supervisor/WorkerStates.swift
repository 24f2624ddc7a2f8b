import Actors
import Glibc

/// What the supervisor learns from the files that its workers map.
struct WorkerStates: Sendable {
  /// More than any fleet uses.
  private static let slots = 0..<256

  /// The state folder.
  let directory: String

  /// The snapshot of a slot, when the file belongs to this process.
  func snapshot(slot: Int, pid: pid_t) -> WorkerSnapshot? {
    guard let snapshot = WorkerStateFile.read(path: path(slot)), snapshot.pid == pid else { return nil }
    return snapshot
  }

  /// What the process in a slot has published of itself; nil before the first time.
  func published(slot: Int, pid: pid_t) -> HealthPages.Published? {
    FiguresFile.read(path: FiguresFile.path(in: directory, slot: slot), pid: pid)
      .flatMap { ProcessFigures($0) }
      .map { HealthPages.Published(slot: slot, pid: pid, figures: $0) }
  }

  /// Whether there is a file in the slot at all: a program that is none of our workers writes none.
  func hasFile(slot: Int) -> Bool { access(path(slot), F_OK) == 0 }

  /// Removes the file of a slot whose process has ended and been looked at.
  func clear(slot: Int) {
    unlink(path(slot))
    unlink(FiguresFile.path(in: directory, slot: slot))
  }

  /// Removes the files of every slot, once no process is left.
  func clearAll() { Self.slots.forEach(clear) }

  /// Shows what an earlier fleet left behind when it died without a word, slot by slot, and then removes it.
  func takeLeftovers(_ look: (WorkerSnapshot) -> Void) {
    for slot in Self.slots {
      guard let leftover = WorkerStateFile.readLeftover(path: path(slot)) else { continue }
      look(leftover)
      clear(slot: slot)
    }
  }

  private func path(_ slot: Int) -> String { WorkerStateFile.path(in: directory, slot: slot) }
}
