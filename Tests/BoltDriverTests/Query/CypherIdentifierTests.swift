import Testing

@testable import BoltDriver

@Suite("A quoted name is one name, whatever it holds")
struct CypherIdentifierTests {
  @Test(
    "Names and what they look like in a query",
    arguments: [
      ("Person", "`Person`"), ("two words", "`two words`"), ("`", "````"), ("a`b", "`a``b`"), ("a``b", "`a````b`"),
      ("x`) DETACH DELETE n //", "`x``) DETACH DELETE n //`"), ("a\\u0060b", "`a``b`"), ("a\\uuu0060b", "`a``b`"),
      ("\\u005Cu0060", "````"), ("\\u005c\\u0075\\u0030\\u0030\\u0036\\u0030", "````"), ("a\\b", "`a\\b`"),
      ("\\user", "`\\user`"), ("\\u00e9", "`é`"), ("\\uD83D\\uDE00", "`😀`"), ("日本", "`日本`"),
      ("`\u{301}", "```\u{301}`"),
      ("\u{FF40}", "`\u{FF40}`"), ("\n", "`\n`"), ("\\\\u0060", "`\\``"),
    ])
  func examples(name: String, expected: String) throws {
    if name == "\\\\u0060" {
      // A backslash before what turns out to be a backtick: servers do not agree on it.
      #expect(throws: BoltError.self) { try CypherIdentifier(name) }
    } else {
      #expect(try Array(CypherIdentifier(name).escaped.utf8) == Array(expected.utf8))
    }
  }

  @Test(
    "An escape that stands for half a character is refused", arguments: ["\\uD83D", "a\\uDE00b", "\\uD83Dx\\uDE00"])
  func halfCharacters(name: String) {
    #expect(throws: BoltError.self) { try CypherIdentifier(name) }
  }

  @Test("Checking a name again changes nothing")
  func idempotent() throws {
    let once = try CypherIdentifier("a\\u0060`b\\u005Cu0060")
    #expect(try CypherIdentifier(once.name) == once)
  }

  @Test("20,000 hostile names: no reader of Cypher sees more than one name", arguments: UInt64(1)...4)
  func fuzz(seed: UInt64) throws {
    var chance = SeededGenerator(seed: seed)
    let pieces = [
      "`", "\\", "u", "0", "6", "5", "c", "C", "\\u0060", "\\u005c", "\\uu0060", "\\u00", "60", "\0", "a", "é",
      "\u{301}",
      "😀", "\\uD83D", "\\uDE00", " ", "\n", ")", "//", "$p0", "\\u0000",
    ]
    var accepted = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...12, using: &chance)
      let name = (0..<count).map { _ in pieces.randomElement(using: &chance) ?? "" }.joined()
      guard let identifier = try? CypherIdentifier(name) else { continue }
      accepted += 1
      let rest = ") RETURN 1"
      for reader in CypherNameReader.allCases {
        let read = reader.read(identifier.escaped + rest)
        #expect(read.map { Array($0.name.utf8) } == Array(identifier.name.utf8), "\(reader) \(name.debugDescription)")
        #expect(read?.rest == rest, "\(reader) \(name.debugDescription)")
      }
    }
    #expect(accepted > 4_000)
  }
}

/// How servers read a quoted name, the kind and the cruel ones.
private enum CypherNameReader: CaseIterable {
  /// Only doubled backticks are special.
  case plain
  /// `\uXXXX` is replaced first, once, from left to right.
  case decoding
  /// The same until nothing is left to replace.
  case decodingAgain
  /// A backslash before a backtick keeps the name open.
  case backslashing

  func read(_ text: String) -> (name: String, rest: String)? {
    var units = Array(text.utf16)
    switch self {
    case .plain, .backslashing: break
    case .decoding: units = Self.decoded(units)
    case .decodingAgain:
      while true {
        let next = Self.decoded(units)
        if next == units { break }
        units = next
      }
    }
    return lex(units)
  }

  private func lex(_ units: [UInt16]) -> (name: String, rest: String)? {
    guard units.first == 0x60 else { return nil }
    var name: [UInt16] = []
    var place = 1
    while place < units.count {
      let next = place + 1 < units.count ? units[place + 1] : 0
      if units[place] == 0x60 {
        guard next == 0x60 else {
          return (String(decoding: name, as: UTF16.self), String(decoding: units[(place + 1)...], as: UTF16.self))
        }
        name.append(0x60)
        place += 2
      } else if self == .backslashing, units[place] == 0x5C, next == 0x60 {
        name.append(0x60)
        place += 2
      } else {
        name.append(units[place])
        place += 1
      }
    }
    return nil
  }

  private static func decoded(_ units: [UInt16]) -> [UInt16] {
    var result: [UInt16] = []
    var place = 0
    while place < units.count {
      var digits = place + 1
      while digits < units.count, units[digits] == 0x75 { digits += 1 }
      if units[place] == 0x5C, digits > place + 1, digits + 4 <= units.count,
        let value = UInt16(String(decoding: units[digits..<digits + 4], as: UTF16.self), radix: 16),
        units[digits] != 0x2B, units[digits] != 0x2D
      {
        result.append(value)
        place = digits + 4
      } else {
        result.append(units[place])
        place += 1
      }
    }
    return result
  }
}
