import Testing

@testable import BoltDriver

@Suite("Bolt URIs")
struct BoltURITests {
  @Test(
    "What is understood",
    arguments: [
      ("bolt://localhost", "bolt://localhost:7687"), ("bolt://graph.example:7688", "bolt://graph.example:7688"),
      ("BOLT+S://graph", "bolt+s://graph:7687"), ("bolt+ssc://10.0.0.1/", "bolt+ssc://10.0.0.1:7687"),
      ("bolt://[::1]", "bolt://[::1]:7687"), ("bolt://[fe80::1%25eth0]:9", "bolt://[fe80::1%25eth0]:9"),
      ("neo4j://a:1", "neo4j://a:1"), ("neo4j+s://a?region=eu&policy=x%20y", "neo4j+s://a:7687?…"),
      ("neo4j+ssc://a:65535/?k=v", "neo4j+ssc://a:65535?…"),
    ])
  func understood(text: String, expected: String) throws {
    #expect(try BoltURI(text).description == expected)
  }

  @Test("Scheme, address and routing context")
  func parts() throws {
    let uri = try BoltURI("neo4j+s://[2001:db8::2]:7000?region=e%C3%BC&policy=a=b")
    #expect(uri.scheme == .neo4jSecure && uri.isRouting && uri.encryption == .verified)
    #expect(uri.address == ServerAddress(host: "2001:db8::2", port: 7000))
    #expect(uri.routingContext == ["region": "eü", "policy": "a=b"])
    #expect(try BoltURI("bolt+ssc://h").encryption == .anyCertificate)
    #expect(try !BoltURI("bolt://h").isRouting && BoltURI("bolt://h").encryption == .none)
  }

  @Test("The zone of an IPv6 address is kept as resolvers want it", arguments: ["%25", "%"])
  func zone(sign: String) throws {
    let address = try BoltURI("bolt://[fe80::1\(sign)eth0.7]:7000").address
    #expect(address == ServerAddress(host: "fe80::1%eth0.7", port: 7000))
    #expect(address.description == "[fe80::1%25eth0.7]:7000" && address.hostWithoutZone == "fe80::1")
    #expect(ServerAddress(host: "graph").hostWithoutZone == "graph")
  }

  @Test(
    "What is refused",
    arguments: [
      "", "localhost:7687", "http://h", "bolt:/h", "bolt://", "bolt://:7687", "bolt://h:", "bolt://h:0",
      "bolt://h:65536",
      "bolt://h:-1", "bolt://h:+1", "bolt://h:٣", "bolt://h:99999999999999999999", "bolt://::1", "bolt://[::1",
      "bolt://[h]", "bolt://[fe80::1%]", "bolt://[fe80::1%25]", "bolt://[fe80::1%25a%2Fb]", "bolt://[fe80::1%25é]",
      "bolt://[::1]7687", "bolt://h/db", "bolt://h#f", "bolt://h?a", "bolt://h?a=", "bolt://h?=b", "bolt://h?a=1&a=2",
      "bolt://h?a=%zz", "bolt://h?a=%0", "bolt://h?a=%00", "bolt://h?a=%ff", "bolt://h?address=x", "bolt://a b",
      "bolt://h\\x",
      "bolt://a\0b", "neo4j://h?a=b#c", "bolt://h/\u{301}db", "bolt://h#\u{301}f", "bolt://h?\u{301}a",
      "bolt://h:\u{301}1",
      "bolt://u:p@\u{301}h", "neo4j://h?a=b#\u{301}c", "neo4j://h?a=1&\u{301}a",
    ])
  func refused(text: String) {
    do {
      _ = try BoltURI(text)
      Issue.record("understood \(text)")
    } catch {
      #expect((error as? BoltError)?.code == .invalidConfiguration)
    }
  }

  @Test("A password in a URI is refused without being repeated")
  func secrets() {
    // An accent behind the sign makes another character of it, as Swift sees it.
    for host in ["graph", "\u{301}graph"] {
      do {
        _ = try BoltURI("bolt://neo4j:hunter2@\(host)")
        Issue.record("understood")
      } catch {
        #expect(!"\(error)".contains("hunter2") && "\(error)".contains("BOLT_PASSWORD"))
      }
    }
  }

  @Test("50,000 random texts end in a URI that reads back, or in an error")
  func fuzz() throws {
    var chance = SeededGenerator(seed: 5)
    let pieces = [
      "bolt://", "neo4j+s://", "[", "]", ":", "::", "1", "7687", "@", "?", "&", "=", "%", "41", "é", "\0", "/", "#",
      "h",
    ]
    var understood = 0
    for _ in 0..<50_000 {
      let count = Int.random(in: 0...9, using: &chance)
      let text = (0..<count).map { _ in pieces.randomElement(using: &chance) ?? "" }.joined()
      guard let uri = try? BoltURI(text) else { continue }
      understood += 1
      #expect(try BoltURI("\(uri.scheme.rawValue)://\(uri.address)").address == uri.address)
    }
    #expect(understood > 20)
  }
}
