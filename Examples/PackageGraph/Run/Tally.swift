import Actors
import Glibc
import PackageIndex

/// What the workers did, each message counted once.
struct Tally {
  /// The ids of the messages that were done.
  private(set) var done: Set<String> = []
  /// How many nodes and relations those were about.
  private(set) var rows = 0
  /// How many of them were new in the graph.
  private(set) var made = 0
  /// Runs of messages that the broker had delivered before.
  private(set) var redelivered = 0
  /// Runs of messages that had been done already.
  private(set) var duplicates = 0
  /// The last line of every process.
  private var processes: [pid_t: JournalLine] = [:]

  /// How many connections to the graph all processes have opened.
  var connections: UInt64 { processes.values.reduce(0) { $0 &+ $1.connections } }
  /// How many transactions were run again because of a conflict.
  var conflicts: UInt64 { processes.values.reduce(0) { $0 &+ $1.conflicts } }
  /// How many processes have written, each with a pool of its own.
  var pools: Int { processes.count }

  mutating func add(_ line: JournalLine, of process: pid_t) {
    processes[process] = line
    made += line.made
    if line.redelivered { redelivered += 1 }
    guard done.insert(line.id).inserted else {
      duplicates += 1
      return
    }
    rows += line.rows
  }
}
