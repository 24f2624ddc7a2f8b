import Testing

@testable import Actors

@Suite("Digests of bodies")
struct ContentDigestTests {
  @Test("Parts make the same digest as the whole")
  func parts() {
    let body = Array("a body that comes in several frames".utf8)
    var digest = ContentDigest()
    for part in [body[..<7], body[7..<8], body[8...]] { Array(part).withUnsafeBytes { digest.append($0) } }
    #expect(digest == ContentDigest(.bytes(body)))
    #expect(digest.count == body.count)
  }

  @Test("Other bytes, or fewer, make another")
  func others() {
    let digest = ContentDigest(.bytes([1, 2, 3]))
    #expect(digest != ContentDigest(.bytes([1, 2, 4])))
    #expect(digest != ContentDigest(.bytes([1, 2])))
    #expect(ContentDigest(.bytes([])) == ContentDigest())
  }
}
