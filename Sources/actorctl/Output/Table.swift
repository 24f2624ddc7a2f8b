/// A table as a command prints it: no boxes, columns aligned, numbers to the right, nothing from the wire unescaped.
struct Table {
  /// One column.
  struct Column {
    enum Alignment { case left, right }
    let title: String
    let alignment: Alignment

    static func text(_ title: String) -> Column { Column(title: title, alignment: .left) }
    static func number(_ title: String) -> Column { Column(title: title, alignment: .right) }
  }

  let columns: [Column]
  private(set) var rows: [[String]] = []

  init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; missing cells are empty.
  mutating func add(_ cells: [String]) { rows.append(cells.map(Printable.escape)) }

  /// The lines, each ended by a line feed.
  ///
  /// - Parameter width: The width of the terminal: the last column is cut to it. Nil for no limit.
  func rendered(width limit: Int? = nil) -> String {
    let lines = [columns.map(\.title)] + rows
    let widths = columns.indices.map { index in
      lines.map { index < $0.count ? Printable.width($0[index]) : 0 }.max() ?? 0
    }
    return lines.map { line(of: $0, widths: widths, limit: limit) + "\n" }.joined()
  }

  private func line(of cells: [String], widths: [Int], limit: Int?) -> String {
    var line = ""
    for (index, column) in columns.enumerated() {
      var cell = index < cells.count ? cells[index] : ""
      if index > 0 { line += "  " }
      let isLast = index == columns.count - 1
      if isLast, let limit { cell = Printable.cut(cell, to: max(limit - Printable.width(line), 8)) }
      let padding = String(repeating: " ", count: max(widths[index] - Printable.width(cell), 0))
      switch column.alignment {
      case .right: line += padding + cell
      case .left: line += isLast ? cell : cell + padding
      }
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
