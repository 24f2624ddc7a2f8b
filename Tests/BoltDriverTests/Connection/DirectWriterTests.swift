import Glibc
import NIOCore
import Testing

@testable import BoltDriver

/// What becomes of requests on one side of a pair of sockets, which the test reads the other side of.
@Suite struct DirectWriterTests {
  /// A writer to a socket that holds little and waits for room unless it is told not to, and the socket's other side.
  private final class Line {
    let writer: DirectWriter
    let status = ConnectionStatus()
    private let other: CInt

    init() throws {
      var sockets: [CInt] = [-1, -1]
      var size: CInt = 4096
      guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &sockets) == 0,
        setsockopt(sockets[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<CInt>.size)) == 0
      else { throw IOError(errnoCode: errno, reason: "socketpair") }
      writer = DirectWriter(owning: sockets[0], version: .v54, status: status)
      other = sockets[1]
      writer.allowRequests(in: ServerState(.ready))
    }

    deinit { _ = Glibc.close(other) }

    /// Writes a request.
    func write(_ bytes: ByteBuffer, _ kind: BoltRequest.Kind = .run) -> DirectWriter.Outcome {
      status.willSend(1)
      return writer.write([BoltChannelHandler.Machine.Request(kind, sink: nil)], bytes, gate: nil)
    }

    /// The loop has taken note of the request, and its answer has come.
    func answer() {
      _ = writer.takeSubmission()
      status.didAnswer(1, isReady: true)
      writer.allowRequests(in: ServerState(.ready))
    }

    /// What the other side has now.
    func read() -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      var all: [UInt8] = []
      while case let count = recv(other, &bytes, bytes.count, CInt(MSG_DONTWAIT)), count > 0 {
        all += bytes[..<count]
      }
      return all
    }

    func hangUp() { shutdown(other, CInt(SHUT_RDWR)) }
  }

  private static func bytes(_ count: Int) -> ByteBuffer { ByteBuffer(bytes: (0..<count).map { UInt8($0 % 251) }) }

  @Test func aRequestThatFitsIsWrittenAndKeptForTheLoop() throws {
    let line = try Line()
    #expect(line.write(Self.bytes(100)) == .written)
    #expect(line.read() == [UInt8](Self.bytes(100).readableBytesView))
    let submission = line.writer.takeSubmission()
    #expect(submission?.requests.map(\.kind) == [.run])
    #expect(line.writer.takeSubmission() == nil)
    #expect(line.writer.takeHandover().rest == nil)
  }

  @Test func theRestStaysForTheLoopAndNobodyWritesBehindIt() throws {
    let line = try Line()
    #expect(line.write(Self.bytes(60_000)) == .handedOver)
    #expect(line.write(Self.bytes(10)) == .refused)
    let taken = line.read()
    #expect(!taken.isEmpty && taken.count < 60_000)
    let rest = try #require(line.writer.takeHandover().rest)
    #expect(taken + rest.readableBytesView == [UInt8](Self.bytes(60_000).readableBytesView))
  }

  @Test func aLargeRequestIsLeftToTheLoop() throws {
    let line = try Line()
    #expect(line.write(Self.bytes(64 * 1024 + 1)) == .refused)
    #expect(line.read() == [])
    #expect(line.writer.takeSubmission() == nil)
  }

  @Test func anErrorIsLeftToTheLoopWithAllTheBytes() throws {
    let line = try Line()
    line.hangUp()
    #expect(line.write(Self.bytes(100)) == .handedOver)
    #expect(line.writer.takeHandover().rest == Self.bytes(100))
  }

  @Test func theLoopIsToldOfOneRequestWhenItWantsToBe() throws {
    let line = try Line()
    line.writer.tellOfNextRequests()
    #expect(line.write(Self.bytes(100)) == .handedOver)
    line.answer()
    #expect(line.write(Self.bytes(100)) == .written)
  }

  @Test func nothingIsWrittenBeforeAllIsAnswered() throws {
    let line = try Line()
    #expect(line.write(Self.bytes(100)) == .written)
    // Somebody counts a request, and the loop finds nothing open before that request is on its way.
    line.status.willSend(1)
    line.answer()
    #expect(line.write(Self.bytes(100)) == .refused)
  }

  @Test func whatTheServerWouldNotTakeIsLeftToTheLoop() throws {
    let line = try Line()
    #expect(line.write(Self.bytes(100), .commit) == .refused)
    #expect(line.read() == [])
  }

  @Test func theRestGoesBeforeWhatAServerAllowsThatAnswersTooEarly() throws {
    let line = try Line()
    #expect(line.write(Self.bytes(60_000)) == .handedOver)
    line.answer()
    // Neither while the rest is here, nor once the loop has it, which has not said since that it is written.
    #expect(line.write(Self.bytes(10)) == .refused)
    line.answer()
    line.status.didAnswer(1, isReady: true)
    line.writer.allowRequests(in: ServerState(.ready))
    #expect(line.writer.takeHandover().rest != nil)
    #expect(line.write(Self.bytes(10)) == .refused)
  }

  @Test func aClosedWriterRefusesAndReturnsWhatItHad() throws {
    let line = try Line()
    #expect(line.write(Self.bytes(60_000)) == .handedOver)
    let handover = line.writer.close()
    #expect(handover.submission != nil && handover.rest != nil)
    let second = line.writer.close()
    #expect(second.submission == nil && second.rest == nil)
    line.answer()
    #expect(line.write(Self.bytes(10)) == .refused)
  }

  @Test func nothingIsWrittenDirectlyWhileManyConnectionsAreBusy() throws {
    let traffic = ServerTraffic()
    let others = [ConnectionStatus(traffic), ConnectionStatus(traffic)]
    for other in others { other.willSend(1) }
    #expect(traffic.isLight)
    let third = ConnectionStatus(traffic)
    third.willSend(2)
    #expect(!traffic.isLight)
    third.didAnswer(2, isReady: true)
    #expect(traffic.isLight)
  }
}
