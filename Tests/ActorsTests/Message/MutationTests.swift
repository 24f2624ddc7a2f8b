import Actors
import Testing

/// Valid bodies damaged at random, from a fixed seed: nothing may trap, and what is accepted must be stable.
@Suite struct MutationTests {
  struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  static let fragments = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\ude00", "null", "NaN", "-Infinity", "1e999", "-",
    "0", "\u{0}", "\u{FEFF}", "é", "\"args\":", "\"options\":{", "{\"a\":", "[[[[", " ", "\n", "true",
    "9223372036854775808",
  ].map { Array($0.utf8) }

  static func mutate(_ body: [UInt8], with generator: inout SplitMix) -> [UInt8] {
    var body = body
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let place = Int.random(in: 0...body.count, using: &generator)
      let end = min(body.count, place + Int.random(in: 0...12, using: &generator))
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: if place < body.count { body[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
      case 1: if place < body.count { body[place] = UInt8.random(in: .min ... .max, using: &generator) }
      case 2: body.removeSubrange(place..<end)
      case 3: body.insert(contentsOf: fragments.randomElement(using: &generator) ?? [], at: place)
      case 4: body.insert(contentsOf: body[place..<end], at: Int.random(in: 0...body.count, using: &generator))
      default: body.replaceSubrange(place..<end, with: fragments.randomElement(using: &generator) ?? [])
      }
    }
    return body
  }

  struct Struct: Codable, Equatable {
    var a: JSONValue
    var b: String?
    var c: [Int]?
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func damagedBodiesNeverTrap(_ seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    let bodies = WireSamples.all.map { Array($0.utf8) }
    var accepted = 0
    for _ in 0..<15_000 {
      let body = Self.mutate(bodies.randomElement(using: &generator) ?? [], with: &generator)
      _ = ActorNameScanner.actorName(in: body)
      guard let message = try? Message(decoding: body) else { continue }
      accepted += 1
      let again = try Message(decoding: message.encoded())
      #expect(again == message)
      _ = try? message.decodeArguments(as: Struct.self)
      _ = try? message.arguments.decode([[String: JSONValue]].self)
      let value = JSONValue(message.keywordArguments)
      #expect(JSONValue(try JSONText(encoding: value)) == value)
      for key in message.options.keys {
        _ = (message.options.integer(key), message.options.double(key), message.options.string(key))
        _ = (message.options.isTruthy(key), try? Message(decoding: message.options[key] ?? .null))
      }
    }
    #expect(accepted > 500)
  }
}
