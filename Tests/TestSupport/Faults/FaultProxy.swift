import Actors
import Glibc
import Synchronization

/// A TCP proxy on loopback that does to a connection what networks do: stall, cut, reset, delay, slow down, flip bits.
///
/// Settings hold for connections that exist and for those to come. Runs on a thread of its own.
package final class FaultProxy: Sendable {
  /// A direction through the proxy.
  package enum Direction: Int, Sendable, CaseIterable {
    /// From client to broker.
    case up
    /// From broker to client.
    case down
  }

  /// How one direction is treated.
  package struct Treatment: Sendable {
    /// Nothing is read any more: what is sent piles up in the sender's socket.
    package var isStalled = false
    /// Everything is read and thrown away.
    package var isSwallowed = false
    /// Bytes wait so long before they go on.
    package var delay: Duration = .zero
    /// At most so many bytes go on in a second; nil for no limit.
    package var bytesPerSecond: Int?
    /// Passes everything.
    package init() {}
  }

  /// What is done once, to the connections that exist.
  enum Order: Sendable {
    case reset
    case finish(Direction)
    case cut(Direction, after: Int)
    case flip(Direction, bit: Int)
  }

  struct State: Sendable {
    var treatments: [Direction: Treatment] = [:]
    var target: UInt16
    var orders: [Order] = []
    var ordersGiven = 0
    var ordersObeyed = 0
    var refusesNew = false
    var isStopped = false
    var accepted = 0
    var open = 0
    var passed: [Direction: Int] = [:]
  }

  /// The port that clients connect to.
  package let port: UInt16
  let listener: TCPSocket
  let wake: (reader: Int32, writer: Int32)
  let state: Lock<State>

  /// Starts a proxy in front of a port of 127.0.0.1.
  ///
  /// - Throws: ``SystemFailure``.
  package init(to target: UInt16) throws {
    listener = try TCPSocket.listen()
    listener.setNonBlocking()
    port = listener.port
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, privateStream, 0, &ends) == 0 else { throw SystemFailure("socketpair") }
    for end in ends { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
    wake = (ends[0], ends[1])
    state = Lock(State(target: target))
    try Self.detach(self)
  }

  /// Changes how a direction is treated.
  package func treat(_ direction: Direction, _ change: (inout Treatment) -> Void) {
    var treatment = state.withLock { $0.treatments[direction] ?? Treatment() }
    change(&treatment)
    state.withLock { $0.treatments[direction] = treatment }
    poke()
  }

  /// Changes how both directions are treated.
  package func treatBoth(_ change: (inout Treatment) -> Void) {
    for direction in Direction.allCases { treat(direction, change) }
  }

  /// Passes everything again. What was swallowed is gone.
  package func heal() {
    state.withLock { state in
      state.treatments = [:]
      state.refusesNew = false
    }
    poke()
  }

  /// Resets (RST) every connection on both sides.
  package func reset() { order(.reset) }
  /// Ends one direction of every connection in an orderly way (FIN) and leaves the other.
  package func halfClose(_ direction: Direction) { order(.finish(direction)) }
  /// Lets the next `count` bytes of a direction pass on each connection that exists, then resets that connection.
  package func cut(_ direction: Direction, after count: Int) { order(.cut(direction, after: count)) }
  /// Flips one bit of what comes next in a direction, on each connection that exists: bit 0 is the lowest of the next
  /// byte.
  package func flip(_ direction: Direction, bit: Int) { order(.flip(direction, bit: bit)) }

  /// Returns when the proxy has taken the order: whatever is sent from now on meets it. Without that, what is sent next
  /// may pass before the proxy's thread looks up.
  private func order(_ order: Order) {
    let number = state.withLock { state in
      state.orders.append(order)
      state.ordersGiven += 1
      return state.ordersGiven
    }
    poke()
    while state.withLock({ $0.ordersObeyed < number && !$0.isStopped }) { usleep(100) }
  }

  /// Resets new connections at once, until ``heal()``; those that exist go on.
  package func refuseNew() { state.withLock { $0.refusesNew = true } }

  /// Sends new connections to another port.
  package func retarget(_ port: UInt16) { state.withLock { $0.target = port } }

  /// How many connections were taken so far.
  package var accepted: Int { state.withLock { $0.accepted } }
  /// How many connections are open now.
  package var open: Int { state.withLock { $0.open } }
  /// How many bytes went on in a direction so far, over all connections.
  package func passed(_ direction: Direction) -> Int { state.withLock { $0.passed[direction] ?? 0 } }

  /// Ends every connection and the thread.
  package func stop() {
    state.withLock { $0.isStopped = true }
    poke()
  }

  private func poke() {
    var one: UInt8 = 1
    _ = send(wake.writer, &one, 1, Int32(MSG_NOSIGNAL))
  }

  deinit {
    close(wake.reader)
    close(wake.writer)
  }

  private static func detach(_ proxy: FaultProxy) throws {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(proxy)
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        var loop = FaultProxyLoop(Unmanaged<FaultProxy>.fromOpaque(argument).takeRetainedValue())
        loop.run()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      throw SystemFailure("pthread_create", code: code)
    }
    pthread_detach(thread)
  }
}
