import Actors
import Glibc
// Where the compiler finds the members of `timeval` when the whole module is compiled at once.
import SwiftOverlayShims

/// Reads one page of a worker's health port.
enum HealthClient {
  /// How long connecting, sending and each part of the answer may take.
  private static let patience = timeval(tv_sec: 5, tv_usec: 0)
  /// How long the whole answer may take, however steadily it trickles.
  private static let limitOfAnswer = Duration.seconds(15)
  /// More than any fleet publishes.
  private static let limit = 64 * 1024 * 1024

  /// The body of a page.
  ///
  /// - Returns: nil when the port is there, but has no such page.
  /// - Throws: ``CommandFailure`` (`usage`, `unavailable`).
  static func page(_ path: String, at text: String) throws(CommandFailure) -> [UInt8]? {
    let address: ListenAddress
    do { address = try ListenAddress(text) } catch { throw CommandFailure(.usage, "\(error)") }
    let socket = try connect(to: address)
    defer { close(socket) }
    let request = "GET \(path) HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n\r\n"
    guard FileOutput.write(Array(request.utf8), to: socket) else { throw failure(address, SystemError.text(errno)) }
    let answer = try rest(of: socket, from: address)
    guard let end = headEnd(of: answer) else { throw failure(address, "it is no HTTP server") }
    let status = String(decoding: answer[..<min(end, 64)], as: UTF8.self).split(separator: " ").dropFirst().first
    switch status {
    case "200": return Array(answer[end...])
    case "404": return nil
    default: throw failure(address, "it answered \(status ?? "nothing") to \(path)")
    }
  }

  private static func connect(to address: ListenAddress) throws(CommandFailure) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(address.host, String(address.port), &hints, &found)
    guard status == 0 else { throw failure(address, String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(found) }
    var trouble = "it has no address"
    var next = found
    while let entry = next?.pointee {
      let socket = Glibc.socket(entry.ai_family, entry.ai_socktype, entry.ai_protocol)
      var patience = patience
      let size = socklen_t(MemoryLayout<timeval>.size)
      setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
      setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
      if socket >= 0, Glibc.connect(socket, entry.ai_addr, entry.ai_addrlen) == 0 { return socket }
      trouble = SystemError.text(errno)
      if socket >= 0 { close(socket) }
      next = entry.ai_next
    }
    throw failure(address, trouble)
  }

  private static func rest(of socket: Int32, from address: ListenAddress) throws(CommandFailure) -> [UInt8] {
    var answer: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 64 * 1024)
    let deadline = ContinuousClock.now + limitOfAnswer
    while true {
      guard ContinuousClock.now < deadline else { throw failure(address, "its answer does not end in time") }
      let count = recv(socket, &part, part.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(address, SystemError.text(errno)) }
      if count == 0 { return answer }
      answer += part[..<count]
      guard answer.count <= limit else { throw failure(address, "its answer does not end") }
    }
  }

  private static func headEnd(of answer: [UInt8]) -> Int? {
    let mark = Array("\r\n\r\n".utf8)
    guard answer.starts(with: Array("HTTP/1.".utf8)), answer.count >= mark.count else { return nil }
    return (0...(answer.count - mark.count)).first { answer[$0..<($0 + mark.count)].elementsEqual(mark) }
      .map { $0 + mark.count }
  }

  private static func failure(_ address: ListenAddress, _ why: String) -> CommandFailure {
    CommandFailure(.unavailable, "the health port \(Printable.escape("\(address)")) cannot be read: \(why)")
  }
}
