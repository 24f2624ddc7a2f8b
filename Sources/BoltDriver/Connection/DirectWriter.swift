import Glibc
import NIOCore
import Synchronization

/// Writes requests to a plain socket on the thread that makes them, which spares waking the event loop for it.
///
/// That is done while nothing is open on the connection: the loop then has nothing to write itself, and the server has
/// nothing to say before the request. A request is left here before it is written, and the loop looks here before it
/// reads, so an answer never comes before its request. Whatever is less simple goes the loop's way: requests behind others,
/// large ones, and everything while many connections are busy. What the socket does not take stays here as well: the loop
/// comes for it before it writes anything else, so that the bytes of two requests never mix.
///
/// There are two locks, taken in the order of their declaration. Whoever writes holds the line's meanwhile, and is often
/// put aside for the server's process there; the loop, which reads the answer then, needs the other one alone.
final class DirectWriter: Sendable {
  typealias Request = BoltChannelHandler.Machine.Request

  /// Requests that were written, or are being written, and that the event loop does not know of yet.
  struct Submission: Sendable {
    let requests: [Request]
    /// The gate for their answers; nil to keep the one there is.
    let gate: ResponseGate?
    /// When they were written.
    let time: NIODeadline
  }

  /// What the event loop has to see to before it writes.
  struct Handover: Sendable {
    let submission: Submission?
    /// What the socket did not take of the last requests, whether or not the loop knows of them; nil when it took
    /// everything.
    let rest: ByteBuffer?
  }

  /// What became of requests.
  enum Outcome {
    /// All of them were written. The event loop hears of them when it looks.
    case written
    /// The requests count as sent, but the event loop has to be told that there is something to take.
    case handedOver
    /// Nothing was written: it is for the event loop to send them, or to say why not.
    case refused
  }

  private struct Line {
    /// A descriptor of its own for the socket, so that it never means another one; -1 once it is closed.
    var socket: CInt
    var rest: ByteBuffer?
  }

  private struct State {
    /// In which state the server is, as long as nothing is open; nil when something is, or may be.
    var server: ServerState?
    var submission: Submission?
    /// Whether the event loop wants to be told of the next requests.
    var isToTell = false

    mutating func takeSubmission() -> Submission? {
      defer { submission = nil }
      return submission
    }
  }

  private let version: BoltVersion
  private let status: ConnectionStatus
  private let line: Lock<Line>
  private let state = Lock(State())

  /// A writer to a socket.
  ///
  /// - Parameters:
  ///   - socket: A descriptor of the socket that nobody else closes.
  ///   - version: The version of the connection.
  ///   - status: Counts the requests without an answer.
  init(owning socket: CInt, version: BoltVersion, status: ConnectionStatus) {
    self.version = version
    self.status = status
    line = Lock(Line(socket: socket))
  }

  /// A writer to the socket of a channel; nil when it has none, or the process no descriptor left. To be called on the
  /// channel's event loop.
  ///
  /// - Parameters:
  ///   - channel: The channel.
  ///   - version: The version of the connection.
  ///   - status: Counts the requests without an answer.
  convenience init?(_ channel: any Channel, version: BoltVersion, status: ConnectionStatus) {
    let socket = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
      fcntl($0, F_DUPFD_CLOEXEC, 0)
    }
    guard let socket, socket >= 0 else { return nil }
    self.init(owning: socket, version: version, status: status)
  }

  deinit { _ = close() }

  // MARK: - Called by whoever has requests

  /// Writes requests if nothing is open. They have to be counted in the status already.
  func write(_ requests: [Request], _ bytes: ByteBuffer, gate: ResponseGate?) -> Outcome {
    line.withLock { line in
      let isPossible = line.socket >= 0 && line.rest == nil && bytes.readableBytes <= Self.mostBytes
      guard let isToTell = leave(requests, gate: gate, if: isPossible) else { return .refused }
      line.rest = Self.send(bytes, to: line.socket)
      return line.rest == nil && !isToTell ? .written : .handedOver
    }
  }

  /// How much is written at most. An event loop that has something to write waits for it, and with it all its other
  /// connections.
  private static let mostBytes = 64 * 1024

  /// Leaves requests that are about to be written for the event loop.
  ///
  /// - Returns: Whether the loop wants to be told; nil when they must not be written.
  private func leave(_ requests: [Request], gate: ResponseGate?, if isPossible: Bool) -> Bool? {
    state.withLock { state in
      // Whoever writes them: until the loop says otherwise they are open.
      let server = state.server
      state.server = nil
      guard isPossible, let server, status.isTrafficLight, allows(requests, in: server) else { return nil }
      state.submission = Submission(requests: requests, gate: gate, time: .now())
      defer { state.isToTell = false }
      return state.isToTell
    }
  }

  /// The event loop has something to do before the next requests.
  func refuseRequests() { state.withLock { $0.server = nil } }

  /// Whether the server takes these requests in this state. What it does not is for the loop to explain.
  private func allows(_ requests: [Request], in server: ServerState) -> Bool {
    guard server.phase != .failed, server.phase != .defunct else { return false }
    var expected = server
    for request in requests {
      guard let next = expected.after(request.kind, hasMore: !request.asksForAll, version: version) else {
        return false
      }
      expected = next
    }
    return expected.phase != .defunct
  }

  /// Returns what the socket did not take; nil when it took everything. An error is met again, and dealt with, where the
  /// rest is written.
  private static func send(_ bytes: ByteBuffer, to socket: CInt) -> ByteBuffer? {
    let count = bytes.withUnsafeReadableBytes { bytes in
      while true {
        let count = Glibc.send(socket, bytes.baseAddress, bytes.count, CInt(MSG_DONTWAIT | MSG_NOSIGNAL))
        guard count < 0, errno == EINTR else { return max(0, count) }
      }
    }
    var rest = bytes
    rest.moveReaderIndex(forwardBy: count)
    return rest.readableBytes > 0 ? rest : nil
  }

  // MARK: - Called by the event loop

  /// Nothing is open, and the server is in this state: requests may be written.
  func allowRequests(in server: ServerState) {
    state.withLock { state in
      // Asked under the lock: who has requests counts them before coming here.
      if status.hasNoneOpen { state.server = server }
    }
  }

  /// The loop wants to be told of the next requests, which it would otherwise hear of when their answer comes.
  func tellOfNextRequests() { state.withLock { $0.isToTell = true } }

  /// What has been left since the last time. To be taken before an answer is read; whoever writes is not waited for.
  func takeSubmission() -> Submission? { state.withLock { $0.takeSubmission() } }

  /// What the loop has to see to before it writes. Whoever writes is waited for, and nobody else will before the loop
  /// allows it again.
  func takeHandover() -> Handover { line.withLock { takeHandover(&$0) } }

  /// Lets go of the socket. What is to be written from now on is refused.
  func close() -> Handover {
    line.withLock { line in
      if line.socket >= 0 { _ = Glibc.close(line.socket) }
      line.socket = -1
      return takeHandover(&line)
    }
  }

  private func takeHandover(_ line: inout Line) -> Handover {
    defer { line.rest = nil }
    return state.withLock { [rest = line.rest] state in
      // Also where the server has answered before it had everything, and requests have been allowed since.
      state.server = nil
      return Handover(submission: state.takeSubmission(), rest: rest)
    }
  }
}
