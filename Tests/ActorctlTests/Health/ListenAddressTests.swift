import Actors
import Testing

@Suite("The address of the health port")
struct ListenAddressTests {
  @Test(arguments: [
    ("127.0.0.1:9192", "127.0.0.1", 9192, true), (":9192", "127.0.0.1", 9192, true), ("[::1]:80", "::1", 80, true),
    ("0.0.0.0:0", "0.0.0.0", 0, false), ("localhost:65535", "localhost", 65535, true),
    ("[fe80::1]:1", "fe80::1", 1, false),
  ])
  func `is read`(text: String, host: String, port: Int, isLoopback: Bool) throws {
    let address = try ListenAddress(text)
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.isLoopback == isLoopback)
  }

  @Test(arguments: [
    "", "9192", "host", "host:", ":65536", ":-1", ":+1", "::1:80", "[::1:80", "[]:80", "a b:80", "h:8 0",
  ])
  func `is refused with what to write`(text: String) {
    let error = #expect(throws: HealthServerError.self) { try ListenAddress(text) }
    #expect(error?.code == .invalidAddress)
    #expect(error?.message.contains("HOST:PORT") == true)
  }
}
