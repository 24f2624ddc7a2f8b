import Actors
import Glibc
import PackageIndex

/// What the workers did, each message counted once.
struct Tally {
  /// The ids of the messages that were sent.
  private var sent: Set<String> = []
  /// How many nodes and relations each message was about that was done. Messages of an earlier run, which was
  /// interrupted, may be among them.
  private var done: [String: Int] = [:]
  /// How many of the messages that were sent are done.
  private(set) var messages = 0
  /// How many nodes and relations those were about.
  private(set) var rows = 0
  /// How many nodes and relations were new in the graph.
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

  /// How many messages were sent and are not done.
  var missing: Int { sent.count - messages }
  /// How many messages of an earlier run were done as well.
  var earlier: Int { done.count - messages }

  /// Adds messages that were sent; some of them may be done already.
  mutating func expect(_ ids: [String]) {
    for id in ids where sent.insert(id).inserted {
      if let rows = done[id] { count(rows) }
    }
  }

  mutating func add(_ line: JournalLine, of process: pid_t) {
    processes[process] = line
    made += line.made
    if line.redelivered { redelivered += 1 }
    guard done.updateValue(line.rows, forKey: line.id) == nil else {
      duplicates += 1
      return
    }
    if sent.contains(line.id) { count(line.rows) }
  }

  private mutating func count(_ rows: Int) {
    messages += 1
    self.rows += rows
  }
}
