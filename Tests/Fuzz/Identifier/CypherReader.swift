/// How servers read a name in backticks: kind ones, and all others that have been seen or can be thought of. None of it is
/// shared with the driver.
enum CypherReader: CaseIterable {
  /// Only doubled backticks are special (the openCypher grammar).
  case plain
  /// `\uXXXX` is replaced in the whole text before anything is read.
  case replacingFirst
  /// As above, but not behind a backslash that is itself escaped, as Java does with its sources.
  case replacingLikeJava
  /// As `replacingFirst`, again and again until there is nothing to replace.
  case replacingUntilNone
  /// The name is cut out first; `\uXXXX` is replaced in what was cut out.
  case replacingLast
  /// A backslash before a backtick keeps the name open.
  case escapingBackticks
  /// A backslash takes away the meaning of whatever is behind it.
  case escapingEverything

  /// Whether a name keeps its backslashes, so that it can be compared.
  var keepsBackslashes: Bool { self != .escapingEverything }

  /// Reads a name at the beginning of a text; nil when it does not end.
  func readName(_ text: String) -> (name: String, rest: String)? {
    var units = Array(text.utf16)
    switch self {
    case .replacingFirst: units = Self.replaced(units, likeJava: false)
    case .replacingLikeJava: units = Self.replaced(units, likeJava: true)
    case .replacingUntilNone:
      var next = Self.replaced(units, likeJava: false)
      while next != units { (units, next) = (next, Self.replaced(next, likeJava: false)) }
    case .plain, .replacingLast, .escapingBackticks, .escapingEverything: break
    }
    guard let (name, end) = cut(units) else { return nil }
    let shown = self == .replacingLast ? Self.replaced(name, likeJava: false) : name
    return (String(decoding: shown, as: UTF16.self), String(decoding: units[end...], as: UTF16.self))
  }

  private static let backtick: UInt16 = 0x60
  private static let backslash: UInt16 = 0x5C

  private func cut(_ units: [UInt16]) -> (name: [UInt16], end: Int)? {
    guard units.first == Self.backtick else { return nil }
    var name: [UInt16] = []
    var place = 1
    while place < units.count {
      let next = place + 1 < units.count ? units[place + 1] : nil
      switch (units[place], next) {
      case (Self.backtick, Self.backtick): place += 1
      case (Self.backtick, _): return (name, place + 1)
      case (Self.backslash, Self.backtick?) where self == .escapingBackticks: place += 1
      case (Self.backslash, _?) where self == .escapingEverything: place += 1
      default: break
      }
      name.append(units[place])
      place += 1
    }
    return nil
  }

  private static func replaced(_ units: [UInt16], likeJava: Bool) -> [UInt16] {
    var result: [UInt16] = []
    var place = 0
    while place < units.count {
      let isEscaped = likeJava && result.reversed().prefix { $0 == backslash }.count % 2 == 1
      if units[place] == backslash, !isEscaped, let (unit, length) = escape(units[place...]) {
        result.append(unit)
        place += length
      } else {
        result.append(units[place])
        place += 1
      }
    }
    return result
  }

  /// The escape at the beginning of some text: a backslash, any number of `u`, four digits.
  private static func escape(_ text: ArraySlice<UInt16>) -> (unit: UInt16, length: Int)? {
    let marks = text.dropFirst().prefix { $0 == 0x75 }.count
    let digits = text.dropFirst(1 + marks).prefix(4).compactMap(digit)
    guard marks > 0, digits.count == 4 else { return nil }
    return (digits.reduce(0) { $0 << 4 | $1 }, 5 + marks)
  }

  private static func digit(_ unit: UInt16) -> UInt16? {
    switch unit {
    case 0x30...0x39: unit - 0x30
    case 0x41...0x46: unit - 0x37
    case 0x61...0x66: unit - 0x57
    default: nil
    }
  }
}
