import Glibc

/// One connection through the proxy.
struct ProxyLink {
  private static let bufferLimit = 256 * 1024
  private let client: TCPSocket
  private let broker: TCPSocket
  private var lanes: [FaultProxy.Direction: Lane] = [.up: Lane(), .down: Lane()]
  /// Set by anything that must end the connection with a reset.
  var hasFailed = false

  /// What is on its way in one direction.
  private struct Lane {
    var waiting: [(due: ContinuousClock.Instant, bytes: ArraySlice<UInt8>)] = []
    var waitingBytes = 0
    /// How many more bytes pass before the connection is reset.
    var cutAfter: Int?
    /// Which bit of what comes next is flipped.
    var flippedBit: Int?
    var sourceEnded = false
    var sinkFinished = false
    /// Bytes that the rate limit allows now.
    var allowance = 0.0
    var lastRefill: ContinuousClock.Instant?
  }

  init(client: TCPSocket, broker: TCPSocket) {
    self.client = client
    self.broker = broker
  }

  func source(_ direction: FaultProxy.Direction) -> Int32 { direction == .up ? client.descriptor : broker.descriptor }
  func sink(_ direction: FaultProxy.Direction) -> Int32 { direction == .up ? broker.descriptor : client.descriptor }

  private func lane(_ direction: FaultProxy.Direction) -> Lane { lanes[direction] ?? Lane() }

  /// Whether both directions are at their end, or one has failed.
  var hasEnded: Bool { hasFailed || lanes.values.allSatisfy { $0.sinkFinished } }

  /// Closes both sides: with a reset after a failure, else in an orderly way.
  func end() {
    if hasFailed { return reset() }
    client.close()
    broker.close()
  }

  /// Resets both sides.
  func reset() {
    client.reset()
    broker.reset()
  }

  /// Does what is done once.
  mutating func obey(_ order: FaultProxy.Order) {
    switch order {
    case .reset: hasFailed = true
    case .cut(let direction, let count): lanes[direction]?.cutAfter = count
    case .flip(let direction, let bit): lanes[direction]?.flippedBit = bit
    case .finish(let direction):
      shutdown(sink(direction), Int32(SHUT_WR))
      lanes[direction]?.sinkFinished = true
      lanes[direction]?.waiting = []
    }
  }

  /// What the loop must wait for on behalf of a direction; the pause is in milliseconds.
  func interest(
    _ direction: FaultProxy.Direction, _ treatment: FaultProxy.Treatment, now: ContinuousClock.Instant
  ) -> (reads: Bool, writes: Bool, pause: Int64?) {
    let lane = lane(direction)
    let reads = !treatment.isStalled && !lane.sourceEnded && lane.waitingBytes < Self.bufferLimit
    guard let first = lane.waiting.first else { return (reads, false, nil) }
    if first.due > now { return (reads, false, (first.due - now).wholeMilliseconds + 1) }
    if treatment.bytesPerSecond != nil, lane.allowance < 1 { return (reads, false, 10) }
    return (reads, true, nil)
  }

  /// Reads and writes what a direction can now.
  ///
  /// - Returns: How many bytes went on.
  mutating func move(
    _ direction: FaultProxy.Direction, _ treatment: FaultProxy.Treatment, now: ContinuousClock.Instant
  ) -> Int {
    guard !hasFailed, var lane = lanes[direction] else { return 0 }
    defer { lanes[direction] = lane }
    if !treatment.isStalled { take(from: source(direction), into: &lane, treatment, now: now) }
    let moved = pass(lane: &lane, to: sink(direction), treatment, now: now)
    if lane.sourceEnded, lane.waiting.isEmpty, !lane.sinkFinished {
      shutdown(sink(direction), Int32(SHUT_WR))
      lane.sinkFinished = true
    }
    return moved
  }

  private mutating func take(
    from source: Int32, into lane: inout Lane, _ treatment: FaultProxy.Treatment, now: ContinuousClock.Instant
  ) {
    while !lane.sourceEnded, lane.waitingBytes < Self.bufferLimit {
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let got = recv(source, &chunk, chunk.count, 0)
      if got < 0 {
        if errno != EAGAIN && errno != EINTR { hasFailed = true }
        return
      }
      if got == 0 {
        lane.sourceEnded = true
        return
      }
      var bytes = chunk[..<got]
      if let bit = lane.flippedBit {
        if bit / 8 < got { bytes[bit / 8] ^= 1 << UInt8(bit % 8) }
        lane.flippedBit = bit / 8 < got ? nil : bit - got * 8
      }
      if let limit = lane.cutAfter {
        if got >= limit {
          lane.sourceEnded = true
          hasFailed = true
          return flush(bytes.prefix(limit), lane: lane, source: source)
        }
        lane.cutAfter = limit - got
      }
      if treatment.isSwallowed || lane.sinkFinished { continue }
      lane.waiting.append((now + treatment.delay, bytes))
      lane.waitingBytes += bytes.count
    }
  }

  /// The bytes before a cut still go on.
  private func flush(_ last: ArraySlice<UInt8>, lane: Lane, source: Int32) {
    let sink = source == client.descriptor ? broker : client
    let all = lane.waiting.flatMap(\.bytes) + last
    _ = all.withUnsafeBytes { send(sink.descriptor, $0.baseAddress, all.count, Int32(MSG_NOSIGNAL)) }
  }

  private mutating func pass(
    lane: inout Lane, to sink: Int32, _ treatment: FaultProxy.Treatment, now: ContinuousClock.Instant
  ) -> Int {
    refill(&lane, treatment, now: now)
    var moved = 0
    while let first = lane.waiting.first, first.due <= now {
      var part = first.bytes
      if treatment.bytesPerSecond != nil {
        guard lane.allowance >= 1 else { break }
        part = part.prefix(Int(lane.allowance))
      }
      let sent = part.withUnsafeBytes { send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if sent < 0 {
        if errno != EAGAIN && errno != EINTR { hasFailed = true }
        break
      }
      moved += sent
      lane.waitingBytes -= sent
      lane.allowance -= Double(sent)
      if sent == first.bytes.count { lane.waiting.removeFirst() } else { lane.waiting[0].bytes.removeFirst(sent) }
    }
    return moved
  }

  private func refill(_ lane: inout Lane, _ treatment: FaultProxy.Treatment, now: ContinuousClock.Instant) {
    guard let rate = treatment.bytesPerSecond else { return }
    let elapsed = lane.lastRefill.map { (now - $0).wholeMilliseconds } ?? 0
    if lane.lastRefill != nil && elapsed == 0 { return }
    // At most a tenth of a second's worth is saved up, so that a pause is not followed by a burst.
    lane.allowance = min(lane.allowance + Double(rate) * Double(elapsed) / 1_000, max(1, Double(rate) / 10))
    lane.lastRefill = now
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  package var wholeMilliseconds: Int64 {
    components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
  }
}
