import BoltDriver
import FuzzSupport

/// The URI of a server and the addresses that a router tells. What is read prints and is read as the same again; everything
/// else is an error.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzURI(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let text = input.takeText()
  testAddress(text)
  do {
    test(try BoltURI(text), of: text)
  } catch let error as BoltError {
    require(error.code == .invalidConfiguration, "a bad URI is a matter of configuration, not \(error.code)")
  } catch {
    report("only BoltError is thrown, not \(error)")
  }
  return 0
}

@_cdecl("URIFuzzer_main")
func runURIFuzzer(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  FuzzerDriver.run(count, arguments, fuzzURI)
}

private func test(_ uri: BoltURI, of text: String) {
  test(uri.address)
  let entries = uri.routingContext.map { "\($0.percentEncoded)=\($1.percentEncoded)" }
  let printed =
    "\(uri.scheme.rawValue)://\(uri.address)" + (entries.isEmpty ? "" : "/?" + entries.joined(separator: "&"))
  guard let again = try? BoltURI(printed) else { report("what was printed is read: \(printed.debugDescription)") }
  require(again.scheme == uri.scheme && isSame(again.address, uri.address), "address and scheme are the same again")
  require(again.routingContext.count == uri.routingContext.count, "the routing context is the same again")
  for (key, value) in uri.routingContext {
    require(again.routingContext[key]?.isSame(as: value) == true, "the routing context is the same again")
    require(!key.isEmpty && !value.isEmpty && key != "address", "no entry of the context is empty or the driver's own")
    require(!key.utf8.contains(0) && !value.utf8.contains(0), "no entry of the context has a NUL")
  }
  require(
    uri.description.isSame(as: "\(uri.scheme.rawValue)://\(uri.address)" + (entries.isEmpty ? "" : "?…")),
    "a URI shows nothing of its context")
  require(uri.isRouting == uri.scheme.rawValue.hasPrefix("neo4j"), "neo4j means routing")
  require((uri.encryption == .none) == !uri.scheme.rawValue.contains("+"), "a plus means TLS")
  let lower = text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  require(lower.starts(with: "\(uri.scheme.rawValue)://".utf8), "the scheme is the one that was written")
}

private func testAddress(_ text: String) {
  guard let address = ServerAddress(text) else { return }
  test(address)
  guard let again = ServerAddress(address.description) else {
    report("an address that was printed is read: \(address.description.debugDescription)")
  }
  require(isSame(again, address), "an address that was printed and read is the same")
}

private func test(_ address: ServerAddress) {
  require((1...65_535).contains(address.port), "a port is 1 to 65535")
  require(!address.host.isEmpty, "a host is named")
  // Byte by byte: a letter with an accent is one character, and so is a slash with one.
  let isPlain = address.host.utf8.allSatisfy { byte in
    byte > 0x20 && byte != 0x7F && !"/?#@\\".utf8.contains(byte)
  }
  require(
    isPlain, "no host has a slash, a question mark, a hash, an at sign or a space: \(address.host.debugDescription)")
}

private func isSame(_ left: ServerAddress, _ right: ServerAddress) -> Bool {
  left.port == right.port && left.host.isSame(as: right.host)
}
