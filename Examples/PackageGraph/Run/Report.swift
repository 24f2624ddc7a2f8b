import PackageIndex

/// What is in the graph, and whether it is what the index holds.
struct Report {
  private struct Row {
    let name: String
    let found: Int
    let expected: Int
  }

  private let rows: [Row]
  private let summary: [String]
  /// Whether every count equals the control and nothing was lost.
  let isGood: Bool

  init(control: GraphCounts, graph: GraphCounts, load: Load) {
    rows =
      NodeLabel.allCases.map(\.rawValue).map {
        Row(name: $0, found: graph.nodes[$0] ?? 0, expected: control.nodes[$0] ?? 0)
      }
      + GraphCounts.relationNames.map {
        Row(name: $0, found: graph.relations[$0] ?? 0, expected: control.relations[$0] ?? 0)
      }
      + [
        Row(name: "constraints", found: graph.constraints, expected: control.constraints),
        Row(name: "all together", found: graph.total, expected: control.total),
      ]
    let (watch, tally) = (load.watch, load.watch.tally)
    let (messages, lost) = (tally.messages, tally.missing)
    let seconds = max(watch.elapsed / .seconds(1), 0.001)
    summary = [
      "\(grouped(tally.rows)) nodes and relations, \(grouped(tally.made)) of them new, in \(tenths(seconds)) s: "
        + "\(grouped(Int(Double(tally.rows) / seconds)))/s",
      "\(grouped(messages)) messages: \(tenths(Double(messages) / seconds)) messages/s"
        + (tally.earlier > 0 ? ", and \(grouped(tally.earlier)) that an earlier run left behind" : ""),
      "\(watch.victim == nil ? "no worker" : "1 worker") killed, \(watch.restarts) restarted; "
        + "\(grouped(tally.redelivered)) messages redelivered, of which \(grouped(tally.duplicates)) had been done; "
        + "lost \(grouped(lost))",
      "\(tally.connections) connections opened by \(tally.pools) pools; \(tally.conflicts) conflicts retried",
    ]
    isGood = lost == 0 && rows.allSatisfy { $0.found == $0.expected }
  }

  /// The report as a table and a few lines.
  var text: String {
    let header = "\(pad("", 14))\(pad("graph", -12))\(pad("index", -12))"
    let table = rows.map { row in
      let verdict = row.found == row.expected ? "ok" : "DIFFERS by \(grouped(row.found - row.expected))"
      return "\(pad(row.name, 14))\(pad(grouped(row.found), -12))\(pad(grouped(row.expected), -12))  \(verdict)"
    }
    return ([header] + table + [""] + summary).joined(separator: "\n")
  }
}

/// A number with one decimal place.
private func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }

/// Pads on the right, or on the left when the width is negative.
private func pad(_ text: String, _ width: Int) -> String {
  let blanks = String(repeating: " ", count: max(0, abs(width) - text.count))
  return width < 0 ? blanks + text : text + blanks
}
