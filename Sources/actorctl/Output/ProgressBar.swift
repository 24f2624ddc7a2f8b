/// A progress bar for a terminal: one line that is drawn over, at most ten times a second. Says nothing anywhere else.
struct ProgressBar {
  private let console: Console
  private let label: String
  private let total: Int?
  private let startedAt: ContinuousClock.Instant
  private var drawnAt: ContinuousClock.Instant?

  /// - Parameter total: How much there is to do; nil when that is not known.
  init(_ label: String, total: Int?, console: Console, now: ContinuousClock.Instant = .now) {
    self.label = label
    self.total = total
    self.console = console
    startedAt = now
  }

  /// Shows how far it is.
  ///
  /// - Parameter units: What is done in the unit of `total`; `count` is what is shown.
  mutating func update(_ units: Int, count: Int, now: ContinuousClock.Instant = .now) {
    guard console.isErrorTerminal else { return }
    if let drawnAt, drawnAt.duration(to: now) < .milliseconds(100) { return }
    drawnAt = now
    console.writeError("\r\u{1B}[K" + line(units, count: count, now: now))
  }

  /// Takes the line away.
  mutating func finish() {
    if drawnAt != nil { console.writeError("\r\u{1B}[K") }
    drawnAt = nil
  }

  func line(_ units: Int, count: Int, now: ContinuousClock.Instant) -> String {
    let elapsed = startedAt.duration(to: now)
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let rate = seconds > 0 ? Double(count) / seconds : 0
    var line = "\(label)  \(Figures.count(count))  \(Figures.count(Int(rate.rounded())))/s"
    guard let total, total > 0 else { return line }
    let share = min(Double(units) / Double(total), 1)
    let filled = Int((share * 24).rounded(.down))
    line += "  [" + String(repeating: "#", count: filled) + String(repeating: "-", count: 24 - filled) + "]"
    line += "  \(Int((share * 100).rounded(.down)))%"
    if share > 0.01, share < 1 {
      line += "  \(Figures.duration(.seconds(Int64((seconds / share * (1 - share)).rounded())))) left"
    }
    return line
  }
}
