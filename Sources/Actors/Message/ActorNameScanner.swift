/// A cheap look at the actor a body is for, before anything is decoded: enough to order prefetched messages.
package enum ActorNameScanner {
  /// How far to look: dramatiq writes the name as the second field.
  private static let reach = 4_096

  /// The value of `actor_name`, if it stands near the beginning of the body. Says nothing about the rest of the body.
  package static func actorName(in body: [UInt8]) -> String? {
    body.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(UnsafeBufferPointer(rebasing: bytes.prefix(reach)))
      return try? search(&scanner)
    }
  }

  private static func search(_ scanner: inout JSONScanner) throws(JSONSyntaxError) -> String? {
    scanner.skipWhitespace()
    guard scanner.take(UInt8(ascii: "{")) else { return nil }
    repeat {
      scanner.skipWhitespace()
      let key = try scanner.skipKey()
      if isActorName(key, scanner) {
        guard scanner.current == UInt8(ascii: "\"") else { return nil }
        return scanner.string(try scanner.skipString())
      }
      _ = try scanner.skipValue(depth: 1)
      scanner.skipWhitespace()
    } while scanner.take(UInt8(ascii: ","))
    return nil
  }

  private static func isActorName(_ key: StringSpan, _ scanner: JSONScanner) -> Bool {
    let name: StaticString = "actor_name"
    guard key.end - key.start == name.utf8CodeUnitCount else { return false }
    for index in 0..<name.utf8CodeUnitCount where scanner.bytes[key.start + index] != name.utf8Start[index] {
      return false
    }
    return true
  }
}
