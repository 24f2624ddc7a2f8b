import Actors
import Dispatch
import Synchronization

/// An AMQP server that does what a test says: for answers that a real broker does not give on demand.
///
/// Every connection runs the script on a thread of its own; the connection is closed when the script returns or throws.
package final class ScriptedBroker: Sendable {
  private struct State {
    var sockets: [Int: TCPSocket] = [:]
    var accepted = 0
    var isStopped = false
  }

  /// The port it listens on.
  package let port: UInt16
  private let listener: TCPSocket
  private let state = Lock(State())
  private let script: @Sendable (ScriptedConnection) throws -> Void

  /// Starts a server.
  ///
  /// - Parameter script: What to do with each connection.
  /// - Throws: ``SystemFailure``.
  package init(_ script: @escaping @Sendable (ScriptedConnection) throws -> Void) throws {
    listener = try TCPSocket.listen()
    port = listener.port
    self.script = script
    DispatchQueue(label: "test.scripted-broker.\(port)").async { [self] in acceptAll() }
  }

  /// The URL of the server. It sends no heartbeats, so a client must not soon take its silence for its end.
  package var url: String { "amqp://guest:guest@127.0.0.1:\(port)/%2F?heartbeat=600" }
  /// How many connections have come so far.
  package var accepted: Int { state.withLock { $0.accepted } }

  /// Closes every connection and stops to listen.
  package func stop() {
    state.withLock { state in
      state.isStopped = true
      for socket in state.sockets.values { socket.shutdown() }
    }
    listener.shutdown()
  }

  private func acceptAll() {
    while let socket = try? listener.acceptNext() {
      let index = state.withLock { state -> Int? in
        guard !state.isStopped else { return nil }
        state.sockets[state.accepted] = socket
        state.accepted += 1
        return state.accepted - 1
      }
      guard let index else {
        socket.close()
        break
      }
      DispatchQueue(label: "test.scripted-connection.\(index)").async { [self] in
        socket.setTimeout(seconds: 120)
        try? script(ScriptedConnection(socket, index: index))
        state.withLock { $0.sockets[index] = nil }
        socket.close()
      }
    }
    listener.close()
  }
}

/// The server's end of one connection, inside a script.
package final class ScriptedConnection {
  /// 0 for the first connection that came, and so on.
  package let index: Int
  private let socket: TCPSocket

  init(_ socket: TCPSocket, index: Int) {
    self.socket = socket
    self.index = index
  }

  /// Plays the server's part until the connection is open.
  ///
  /// - Parameters:
  ///   - heartbeat: The interval proposed, in seconds; 0 for none.
  ///   - frameMax: The largest frame proposed, in bytes.
  ///   - capabilities: What the server claims to be able to do.
  package func handshake(
    heartbeat: UInt16 = 0, frameMax: UInt32 = 131_072,
    capabilities: [String] = ["publisher_confirms", "basic.nack", "consumer_cancel_notify", "connection.blocked"]
  ) throws {
    guard let greeting = try socket.read(exactly: 8), greeting.starts(with: Array("AMQP".utf8)) else {
      throw WireError("no AMQP greeting")
    }
    let table = Dictionary(uniqueKeysWithValues: capabilities.map { ($0, WireValue.bool(true)) })
    try send(
      WireFrame(.start, channel: 0) { writer in
        writer.u8(0)
        writer.u8(9)
        writer.table(["product": .string("scripted"), "version": .string("0"), "capabilities": .table(table)])
        writer.longString(Array("PLAIN AMQPLAIN".utf8))
        writer.longString(Array("en_US".utf8))
      })
    try expect(.startOk)
    try send(
      WireFrame(.tune, channel: 0) { writer in
        writer.u16(2_047)
        writer.u32(frameMax)
        writer.u16(heartbeat)
      })
    try expect(.tuneOk)
    try expect(.open)
    try send(WireFrame(.openOk, channel: 0) { $0.shortString("") })
  }

  /// The next frame that is no heartbeat; nil when the client has closed.
  package func next() throws -> WireFrame? {
    while let frame = try WireFrame.read(from: socket) {
      if frame.kind != 8 { return frame }
    }
    return nil
  }

  /// Reads until a method comes.
  @discardableResult
  package func expect(_ method: WireMethod) throws -> WireFrame {
    while let frame = try next() {
      if frame.method == method { return frame }
    }
    throw WireError("the client closed before \(method)")
  }

  /// Sends frames.
  package func send(_ frames: WireFrame...) throws { try send(frames) }
  /// Sends frames.
  package func send(_ frames: [WireFrame]) throws { try socket.write(frames.flatMap(\.bytes)) }
  /// Sends any bytes.
  package func send(raw bytes: [UInt8]) throws { try socket.write(bytes) }
  /// Reads and drops everything until the client closes.
  package func drain() throws { while try !socket.read(atMost: 65_536).isEmpty {} }
  /// Ends the connection with a reset.
  package func reset() { socket.shutdown() }

  /// Asks the client to close the channel.
  package func closeChannel(_ channel: UInt16, code: UInt16, _ text: String) throws {
    try send(
      WireFrame(.closeChannel, channel: channel) { writer in
        writer.u16(code)
        writer.shortString(text)
        writer.u32(0)
      })
  }

  /// Delivers a message to a consumer.
  package func deliver(
    _ body: [UInt8], _ properties: WireProperties = WireProperties(), tag: UInt64, consumer: String, channel: UInt16,
    queue: String
  ) throws {
    let method = WireFrame(.deliver, channel: channel) { writer in
      writer.shortString(consumer)
      writer.u64(tag)
      writer.u8(0)
      writer.shortString("")
      writer.shortString(queue)
    }
    try send([method] + WireFrame.content(body, properties, channel: channel))
  }
}
