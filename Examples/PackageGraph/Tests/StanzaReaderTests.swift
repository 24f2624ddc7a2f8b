import Glibc
import PackageIndex
import Testing

@Suite struct StanzaReaderTests {
  private func stanzas(of index: String) throws -> [PackageStanza] {
    let path = "/tmp/stanzas-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    let file = try #require(fopen(path, "w"))
    fputs(index, file)
    fclose(file)
    defer { unlink(path) }
    let reader = try StanzaReader(path: path)
    var stanzas: [PackageStanza] = []
    while let stanza = try reader.next() { stanzas.append(stanza) }
    return stanzas
  }

  @Test func foldedFieldsOddCaseAndUnknownFieldsAreRead() throws {
    let found = try stanzas(
      of: """


        Package: one
        Version: 1:2-3
        depends: a,
         b | c
        Description: text
         Depends: not a field

        Package: two
        Pre-Depends: d
        """)
    var one = PackageStanza(package: "one", version: "1:2-3")
    one.depends = "a, b | c"
    var two = PackageStanza(package: "two")
    two.preDepends = "d"
    #expect(found == [one, two])
    #expect(try found[0].relations().map(\.name) == ["a", "b", "c"])
  }

  @Test func aStanzaWithoutANameIsAnError() {
    #expect(throws: IndexError.self) { try stanzas(of: "Version: 1\n") }
  }
}
