import Actors
import PackageIndex
import Testing

@Suite struct RelationTests {
  @Test func everyPartOfARelationIsRead() throws {
    let relations = try Relation.parse(
      "libc6 (>= 2.36), python3:any | python3-minimal:any (>> 3.9~), gcc [amd64 !i386] <!nocheck>", as: .depends)
    #expect(relations.map(\.name) == ["libc6", "python3", "python3-minimal", "gcc"])
    #expect(relations.map(\.clause) == [0, 1, 1, 2])
    #expect(relations.map(\.version) == [">= 2.36", nil, ">> 3.9~", nil])
    #expect(relations.map(\.qualifier) == [nil, "any", "any", nil])
    #expect(relations[3].architectures == ["amd64", "!i386"])
  }

  @Test(arguments: ["a(=1)", " a (= 1) ", "a\t(=  1)"])
  func blanksDoNotMatter(text: String) throws {
    let relation = try #require(try Relation.parse(text, as: .provides).first)
    #expect(relation.name == "a")
    #expect(relation.version.map { String($0.filter { $0 != " " }) } == "=1")
  }

  @Test(arguments: ["(>= 1)", "a (>= 1", "a >= 1", "a [amd64"])
  func whatDoesNotFollowTheGrammarIsRefused(text: String) {
    #expect(throws: MalformedRelation.self) { try Relation.parse(text, as: .depends) }
  }

  @Test func emptyAlternativesDoNotCount() throws {
    #expect(try Relation.parse("a, , b |, ", as: .depends).map(\.name) == ["a", "b"])
  }
}
