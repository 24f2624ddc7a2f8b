import PackageIndex

/// What the demo found, and whether it is what the index holds.
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

  init(control: IndexCounts, sent: [String], tally: Tally, watch: Watch) {
    rows =
      [Row(name: "packages", found: tally.counts.packages, expected: control.packages)]
      + RelationField.allCases.map {
        Row(name: $0.rawValue, found: tally.counts[$0], expected: control[$0])
      }
      + [
        Row(name: "names", found: tally.counts.names, expected: control.names),
        Row(name: "versions", found: tally.counts.versions, expected: control.versions),
        Row(name: "qualifiers", found: tally.counts.qualifiers, expected: control.qualifiers),
      ]
    let confirmed = Set(sent)
    let lost = confirmed.subtracting(tally.done).count
    let unexpected = tally.done.subtracting(confirmed).count
    let seconds = watch.elapsed / .seconds(1)
    let rate = seconds > 0 ? Int(Double(tally.done.count) / seconds) : 0
    let relations = tally.counts.relations.values.reduce(0, +)
    summary = [
      "\(grouped(tally.done.count)) packages with \(grouped(relations)) relations in "
        + "\((seconds * 10).rounded() / 10) s: \(grouped(rate)) messages/s",
      "\(watch.victim == nil ? "no worker" : "1 worker") killed, \(watch.restarts) restarted; "
        + "\(grouped(tally.redelivered)) redelivered, of which \(grouped(tally.duplicates)) had been done already",
      "lost \(grouped(lost)), unexpected \(grouped(unexpected))",
    ]
    isGood = lost == 0 && unexpected == 0 && rows.allSatisfy { $0.found == $0.expected }
  }

  /// The report as a table and a few lines.
  var text: String {
    let header = "\(pad("", 14))\(pad("found", -12))\(pad("index", -12))"
    let table = rows.map { row in
      let verdict = row.found == row.expected ? "ok" : "DIFFERS by \(grouped(row.found - row.expected))"
      return "\(pad(row.name, 14))\(pad(grouped(row.found), -12))\(pad(grouped(row.expected), -12))  \(verdict)"
    }
    return ([header] + table + [""] + summary).joined(separator: "\n")
  }

  /// Pads on the right, or on the left when the width is negative.
  private func pad(_ text: String, _ width: Int) -> String {
    let blanks = String(repeating: " ", count: max(0, abs(width) - text.count))
    return width < 0 ? blanks + text : text + blanks
  }
}
