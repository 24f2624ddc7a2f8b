import Testing

@testable import actorctl

@Suite("Tables and text from the wire")
struct TableTests {
  @Test func `columns are aligned and numbers are on the right`() {
    var table = Table([.text("QUEUE"), .number("READY"), .text("NOTE")])
    table.add(["ingest", "1,204", "a"])
    table.add(["default", "0", ""])
    #expect(table.rendered() == "QUEUE    READY  NOTE\ningest   1,204  a\ndefault      0\n")
  }

  @Test func `the last column is cut to the terminal`() {
    var table = Table([.text("ID"), .text("ERROR")])
    table.add(["7c1d", "something went very wrong here"])
    #expect(table.rendered(width: 20).split(separator: "\n").last == "7c1d  something wen…")
  }

  @Test func `wide characters keep the columns aligned`() {
    var table = Table([.text("A"), .text("B")])
    table.add(["日本", "x"])
    table.add(["abcd", "y"])
    #expect(table.rendered() == "A     B\n日本  x\nabcd  y\n")
  }

  @Test(arguments: [
    ("plain text", "plain text"), ("a\nb\r\tc", "a\\nb\\r\\tc"), ("\u{1B}[31mred", "\\u{1b}[31mred"),
    ("\u{0}\u{7F}\u{9B}", "\\u{0}\\u{7f}\\u{9b}"), ("user\u{202E}gpj.exe", "user\\u{202e}gpj.exe"),
    ("zero\u{200B}width", "zero\\u{200b}width"), ("line\u{2028}end", "line\\u{2028}end"),
    ("é日本😀", "é日本😀"),
    ("\u{FEFF}bom", "\\u{feff}bom"),
  ])
  func `what would move the cursor or hide text is escaped`(raw: String, shown: String) {
    #expect(Printable.escape(raw) == shown)
    var table = Table([.text("X")])
    table.add([raw])
    #expect(table.rendered() == "X\n\(shown)\n")
  }
}
