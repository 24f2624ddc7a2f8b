import BoltDriver
import FuzzSupport

/// Names that come from outside, on their way into the text of a query. Every reader of Cypher sees one name, the right one,
/// and goes on behind it.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzIdentifier(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let name: String
  switch input.takeByte() & 3 {
  case 0: name = composed(input.takeAll())
  case 1: name = decodedUTF16(input.takeAll())
  default: name = input.takeText()
  }
  do {
    test(try CypherIdentifier(name), of: name)
  } catch let error as BoltError {
    require(error.code == .invalidIdentifier, "a bad name is an invalid identifier, not \(error.code)")
    require(
      name.isEmpty || name.utf8.contains(0) || name.utf8.contains(UInt8(ascii: "\\")),
      "a name without backslash and NUL is accepted")
  } catch {
    report("only BoltError is thrown, not \(error)")
  }
  return 0
}

@_cdecl("IdentifierFuzzer_main")
func runIdentifierFuzzer(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  FuzzerDriver.run(count, arguments, fuzzIdentifier)
}

private let pieces = [
  "`", "\\", "u", "0", "6", "5", "c", "C", "\\u0060", "\\u005c", "\\uu0060", "\\u00", "60", "\0", "a", "é", "\u{301}",
  "😀", "\\uD83D", "\\uDE00", " ", "\n", ")", "//", "$p0", "\\u0000", "/*", "*/", "'", "\"", "\\n", "\u{FF40}",
]

/// A name of pieces that mean something to some reader.
private func composed(_ bytes: [UInt8]) -> String { bytes.map { pieces[Int($0) % pieces.count] }.joined() }

private func decodedUTF16(_ bytes: [UInt8]) -> String {
  let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
  return String(decoding: units, as: UTF16.self)
}

private func test(_ identifier: CypherIdentifier, of name: String) {
  let escaped = identifier.escaped
  if !name.utf8.contains(UInt8(ascii: "\\")) {
    require(identifier.name.isSame(as: name), "a name without backslash is what was given")
  }
  for reader in CypherReader.allCases {
    for rest in [") RETURN `n`", "u0060", "", "\u{301}"] {
      guard let read = reader.readName(escaped + rest) else {
        report("\(reader): the name in \(escaped.debugDescription) ends")
      }
      require(read.rest.isSame(as: rest), "\(reader): nothing is left of \(escaped.debugDescription)")
      if reader.keepsBackslashes {
        require(read.name.isSame(as: identifier.name), "\(reader): \(escaped.debugDescription) is the name")
      }
    }
  }
  guard let again = try? CypherIdentifier(identifier.name) else { report("a name that was accepted is accepted again") }
  require(again.name.isSame(as: identifier.name), "checking a name again changes nothing")
  let query: Query? = try? "MATCH (n:\(label: name) {\(identifier: name): 1}) RETURN n"
  require(
    query?.text.isSame(as: "MATCH (n:\(escaped) {\(escaped): 1}) RETURN n") == true, "the query holds the quoted name")
}
