import Actors
import Foundation
import Logging
import Testing

@Suite("The health port on real sockets")
struct HealthServerTests {
  private static func withServer(
    idleTimeout: Duration = .seconds(10), _ body: (Int) async throws -> Void
  ) async throws {
    let server = HealthServer(
      address: ":0", logger: Logger(label: "test"), idleTimeout: idleTimeout
    ) { path in
      path == "/readyz" ? .json(503, ["reasons": ["draining"]]) : path == "/healthz" ? .text(200, "ok") : .notFound
    }
    let port = try await server.start()
    do { try await body(port) } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  @Test func `answers GET, HEAD, other methods and other paths`() async throws {
    try await Self.withServer { port in
      let ok = try RawHTTP.exchange(port, "GET /healthz?x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(ok.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(ok.hasSuffix("\r\n\r\nok\n"))
      let not = try RawHTTP.exchange(port, "GET /readyz HTTP/1.0\r\n\r\n")
      #expect(not.hasPrefix("HTTP/1.1 503 "))
      #expect(not.hasSuffix("{\"reasons\":[\"draining\"]}\n"))
      let head = try RawHTTP.exchange(port, "HEAD /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(head.contains("Content-Length: 3\r\n"))
      #expect(head.hasSuffix("\r\n\r\n"))
      let post = try RawHTTP.exchange(
        port, "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
      #expect(post.hasPrefix("HTTP/1.1 405 "))
      #expect(post.contains("Allow: GET, HEAD\r\n"))
      let lost = try RawHTTP.exchange(port, "GET /../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(lost.hasPrefix("HTTP/1.1 404 "))
    }
  }

  @Test func `keeps a connection for several requests, also pipelined`() async throws {
    try await Self.withServer { port in
      let get = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
      let last = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      let answer = try RawHTTP.exchange(port, get + get + last)
      #expect(answer.components(separatedBy: "HTTP/1.1 200 OK").count == 4)
    }
  }

  @Test(arguments: [
    "nonsense\r\n\r\n", "GET /healthz HTTP/1.1\r\nX: \(String(repeating: "y", count: 20_000))\r\n\r\n",
    "GET /healthz HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 200) + "\r\n",
    "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n" + String(repeating: "z", count: 40_000),
    "\u{16}\u{3}\u{1}\u{2}\u{0}",
  ])
  func `ends a connection that sends too much or nonsense`(request: String) async throws {
    try await Self.withServer { port in
      let answer = try RawHTTP.exchange(port, request)
      #expect(!answer.hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test func `ends a connection that is silent or slow`() async throws {
    try await Self.withServer(idleTimeout: .milliseconds(200)) { port in
      let start = ContinuousClock.now
      let answer = try RawHTTP.exchange(port, "GET /hea")
      #expect(answer == "")
      #expect(start.duration(to: .now) < .seconds(8))
    }
  }

  @Test func `takes 64 connections and no more`() async throws {
    try await Self.withServer { port in
      let held = try (0..<HealthServer.connectionLimit).map { _ in try RawHTTP.connect(port) }
      defer { held.forEach { close($0) } }
      // Each held one is known to be accepted once it has been answered.
      for socket in held {
        RawHTTP.send(socket, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(RawHTTP.receiveSome(socket).hasPrefix("HTTP/1.1 200"))
      }
      #expect(try RawHTTP.exchange(port, "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") == "")
    }
  }

  @Test func `says so when the port is taken`() async throws {
    try await Self.withServer { port in
      let second = HealthServer(address: ":\(port)", logger: Logger(label: "test")) { _ in .notFound }
      let error = await #expect(throws: HealthServerError.self) { try await second.start() }
      #expect(error?.code == .cannotListen)
    }
  }

  @Test func `stopping twice is no mistake`() async throws {
    let server = HealthServer(address: "[::1]:0", logger: Logger(label: "test")) { _ in .notFound }
    await server.stop()
  }
}
