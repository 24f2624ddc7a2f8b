import Testing

@testable import BoltDriver

@Suite("Values in a query become parameters")
struct QueryTests {
  @Test("Each value gets a name, the text never holds it")
  func binding() {
    let (name, age): (String, Int?) = ("ada'}) DETACH DELETE n //", nil)
    let query: Query = "MATCH (n {name: \(name), age: \(age), tags: \(["a", "b"])}) RETURN n LIMIT \(10)"
    #expect(query.text == "MATCH (n {name: $p0, age: $p1, tags: $p2}) RETURN n LIMIT $p3")
    #expect(query.parameters == ["p0": .string(name), "p1": .null, "p2": ["a", "b"], "p3": 10])
  }

  @Test("Equal values are sent as often as they stand there, so that the text stays the same")
  func stableText() {
    func query(_ a: Int, _ b: Int) -> Query { "RETURN \(a) + \(b)" }
    #expect(query(1, 1).text == query(1, 2).text)
  }

  @Test("A plain literal has no parameters; a text made at run time has to be named")
  func plain() {
    let literal: Query = "RETURN 1 AS p"
    #expect(literal == Query("RETURN 1 AS p"))
    #expect(Query("RETURN $x", parameters: ["x": 1]).parameters == ["x": 1])
    #expect(literal.binding("y", to: "z").parameters == ["y": "z"])
  }

  @Test("Names that the text spells out are not taken")
  func names() {
    let query: Query = "RETURN $p0, $price, \(1), $p_1, \(2)"
    #expect(query.text == "RETURN $p0, $price, $p__0, $p_1, $p__1")
    #expect(query.parameters == ["p__0": 1, "p__1": 2])
    let usual: Query = "RETURN $price, $p, \(1)"
    #expect(usual.text == "RETURN $price, $p, $p0")
  }

  @Test("Labels and other names are quoted")
  func identifiers() throws {
    let labels = ["X", "Y Z"]
    let query: Query = try "MATCH (n:\(label: "A`B")) SET n.\(identifier: "the name") = \(1) SET n:\(labels: labels)"
    #expect(query.text == "MATCH (n:`A``B`) SET n.`the name` = $p0 SET n:`X`:`Y Z`")
    let checked = try CypherIdentifier("KNOWS")
    let other: Query = "MATCH ()-[r:\(checked)]->() RETURN r"
    #expect(other.text == "MATCH ()-[r:`KNOWS`]->() RETURN r")
  }

  @Test(
    "What cannot be a name is refused where it is written", arguments: ["", "\0", "a\0b", "\\u0000", "x\\", "a\\`b"])
  func refused(name: String) {
    #expect(throws: BoltError.self) { let _: Query = try "MATCH (n:\(label: name)) RETURN n" }
    #expect(throws: BoltError.self) { let _: Query = try "MATCH (n:\(labels: ["A", name])) RETURN n" }
    #expect(throws: BoltError.self) { let _: Query = try "RETURN n.\(identifier: name)" }
    do {
      _ = try CypherIdentifier(name)
    } catch {
      #expect((error as? BoltError)?.code == .invalidIdentifier)
    }
  }

  @Test("No labels at all are refused")
  func noLabels() {
    #expect(throws: BoltError.self) { let _: Query = try "CREATE (n:\(labels: []))" }
  }
}
