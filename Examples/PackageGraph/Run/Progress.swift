import Glibc

/// How far the work is, on standard error: a bar that is drawn again on a terminal, a line every few seconds otherwise.
struct Progress {
  let total: Int
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var started = ContinuousClock.now
  private var shown = ContinuousClock.now

  init(total: Int) { self.total = total }

  mutating func start(at now: ContinuousClock.Instant) {
    started = now
    shown = now
  }

  /// Shows how many are done, unless that was shown a moment ago.
  mutating func show(_ done: Int, at now: ContinuousClock.Instant) {
    guard now - shown >= (isTerminal ? .milliseconds(100) : .seconds(2)) else { return }
    shown = now
    draw(done, at: now)
  }

  /// Shows the last state and ends the line.
  func finish(_ done: Int, at now: ContinuousClock.Instant) {
    draw(done, at: now)
    if isTerminal { write("\n") }
  }

  /// Writes a line of its own, above the bar.
  func note(_ text: String) { write(isTerminal ? "\r\u{1B}[K\(text)\n" : text + "\n") }

  private func draw(_ done: Int, at now: ContinuousClock.Instant) {
    let seconds = max((now - started) / .seconds(1), 0.001)
    let rate = Double(done) / seconds
    let share = total == 0 ? 1 : Double(done) / Double(total)
    let left = rate > 0 ? "ETA \(Int((Double(total - done) / rate).rounded(.up))) s" : "ETA –"
    let count = "\(grouped(done)) of \(grouped(total)) nodes and relations"
    let figures = "\(count)  \(Int(share * 100)) %  \(grouped(Int(rate)))/s  \(left)"
    if isTerminal {
      let filled = min(Int(share * 30), 30)
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
      write("\r\(bar)  \(figures)\u{1B}[K")
    } else {
      write(figures + "\n")
    }
  }

  private func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// An integer with its thousands grouped: `63,666`.
func grouped(_ number: Int) -> String {
  var groups: [Substring] = []
  var digits = Substring(String(number.magnitude))
  while digits.count > 3 {
    groups.append(digits.suffix(3))
    digits = digits.dropLast(3)
  }
  return (number < 0 ? "-" : "") + ([digits] + groups.reversed()).joined(separator: ",")
}
