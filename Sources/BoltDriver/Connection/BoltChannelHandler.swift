import NIOCore

/// Drives a connection on its event loop: bytes to messages, messages to the state machine, and what that says to
/// whoever waits. Only ever touched on that loop.
final class BoltChannelHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  typealias Machine = ConnectionMachine<any ResponseSink>

  let address: String
  private let negotiation: ProtocolNegotiation
  private let writesDirectly: Bool
  /// Nil once it is kept: what it is kept with holds this handler.
  private var agreement: EventLoopPromise<Agreement>?
  private let status: ConnectionStatus
  var context: ChannelHandlerContext?
  private var handshake: Handshake
  private var handshakeBytes = ByteBuffer()
  private var hasAgreed = false
  private var decoder: ChunkDecoder
  var machine: Machine
  private var dialect = PackStreamDialect(version: .v44)
  var closeError: BoltError?
  /// Whether the connection ends with a goodbye.
  private var isLeaving = false
  /// Records of the current read that have not been handed over.
  private var records: [ByteBuffer] = []
  private var recordSink: (any ResponseSink)?
  /// Who has been told something in this read and is to be woken at its end.
  private var told: [any ResponseSink] = []
  private var answered = 0
  /// Nothing is read, because a reader is behind: what the server sends waits in the sockets, and then in the server.
  var isHeld = false
  private var gate: ResponseGate?
  private var held = HeldResponses<Machine.Request>()
  var silence = SilenceWatch()
  var writes: WriteWatch
  var writer: DirectWriter?
  /// Whether the channel may hold bytes that the socket has not taken.
  private var mayHoldBytes = false

  /// - Parameters:
  ///   - address: The server, for errors.
  ///   - negotiation: How the version is agreed on.
  ///   - limits: The bounds of what it may send.
  ///   - writeTimeout: For how long it may take nothing of what is sent.
  ///   - writesDirectly: Whether bytes may go to the channel's socket without the channel: nothing encrypts them.
  ///   - traffic: Counts the busy connections to the server.
  ///   - agreement: Kept when the handshake ends.
  init(
    address: String, negotiation: ProtocolNegotiation = .manifest, limits: ChunkDecoder.Limits,
    writeTimeout: TimeAmount = .seconds(30), writesDirectly: Bool = false, traffic: ServerTraffic = ServerTraffic(),
    agreement: EventLoopPromise<Agreement>
  ) {
    self.address = address
    self.negotiation = negotiation
    self.writesDirectly = writesDirectly
    handshake = Handshake(negotiation)
    status = ConnectionStatus(traffic)
    writes = WriteWatch(period: writeTimeout)
    self.agreement = agreement
    decoder = ChunkDecoder(limits: limits)
    machine = Machine(address: address)
  }

  // MARK: - Called by the connection

  /// Writes requests that have been encoded already. From now on answers pass the gate, if one is given.
  func submit(_ requests: [Machine.Request], _ bytes: ByteBuffer, gate: ResponseGate? = nil) {
    takeHandover()
    guard register(requests, gate) else { return endRead() }
    // What is asked for now comes behind what is held back.
    readOn()
    send(bytes)
    watchSilence()
  }

  /// Begins to go by what the login came to.
  ///
  /// - Parameters:
  ///   - dialect: The form of values, which changes once the server granted the patch of 4.4.
  ///   - period: The connection is closed when nothing has come for so long while answers are due; nil for never.
  func adopt(_ dialect: PackStreamDialect, signsOfLifeEvery period: TimeAmount?) {
    self.dialect = dialect
    silence.period = period
    if period != nil { writer?.tellOfNextRequests() }
    allowDirectWrites()
  }

  /// Goes on reading, if nothing was read because a reader was behind.
  func readOn() {
    guard isHeld, let context else { return }
    isHeld = false
    silence.heard()
    setReading(true, context)
  }

  /// Ends the connection for good: everybody who waits gets the error.
  func fail(_ error: BoltError) {
    guard closeError == nil else { return }
    // What the socket has not taken is for nobody now, but those who wait for an answer have to be told.
    if let submission = writer?.close().submission { _ = register(submission.requests, submission.gate) }
    closeError = error
    status.condemn()
    agreement?.fail(error)
    agreement = nil
    deliverRecords()
    for (request, error) in machine.close(error) { tell(request, .failure(error)) }
    endRead()
    silence.stop()
    writes.stop()
    guard let context else { return }
    if isLeaving { leave(context) } else { context.close(promise: nil) }
  }

  /// Says goodbye where that makes sense, and closes.
  func close(saying goodbye: ByteBuffer?) {
    if closeError == nil, let goodbye {
      // From now on nobody else writes, and of a request that the server has seen a part of it sees all.
      if let writer { see(to: writer.close()) }
      send(goodbye)
      isLeaving = true
    }
    fail(BoltError(.closed, "the connection was closed by this driver", address: address))
  }

  /// Lets the server close its side first. A socket that is closed while answers are on their way resets the connection,
  /// and the server may never see what was said last.
  private func leave(_ context: ChannelHandlerContext) {
    readOn()
    context.close(mode: .output, promise: nil)
    let channel = context.channel
    let limit = context.eventLoop.scheduleTask(in: Self.farewell) { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in limit.cancel() }
  }

  /// For how long the server may take to close its side.
  private static let farewell = TimeAmount.seconds(1)

  // MARK: - Called by the channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { open(context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    open(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // What comes behind the goodbye is for nobody.
    guard closeError == nil else { return }
    takeSubmission()
    silence.heard()
    let bytes = unwrapInboundIn(data)
    do throws(BoltError) {
      if hasAgreed {
        decoder.feed(bytes)
      } else {
        try shakeHands(bytes, context)
      }
      if hasAgreed { try readMessages() }
    } catch {
      fail(BoltError(error.code, error.message, address: address, underlying: error.underlying))
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    endRead()
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      writes.stop()
    } else if closeError == nil, let delay = writes.begin(waiting: Self.waitingBytes(context)) {
      lookAtWrites(after: delay, context)
    }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    let when = hasAgreed ? "" : " during the handshake: it may not be a Bolt server, or want TLS"
    fail(BoltError(.serviceUnavailable, "the server closed the connection\(when)", address: address))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(ConnectFailure.error(for: error, address: address))
  }

  // MARK: - Handshake

  private func open(_ context: ChannelHandlerContext) {
    send(ByteBuffer(bytes: Handshake.opening(negotiation)))
  }

  private func shakeHands(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) throws(BoltError) {
    handshakeBytes.writeImmutableBuffer(bytes)
    guard case .agreed(let version, let reply) = try handshake.receive(&handshakeBytes) else { return }
    hasAgreed = true
    machine.version = version
    dialect = PackStreamDialect(version: version)
    if !reply.isEmpty { context.write(wrapOutboundOut(ByteBuffer(bytes: reply)), promise: nil) }
    decoder.feed(handshakeBytes)
    handshakeBytes = ByteBuffer()
    if writesDirectly { writer = DirectWriter(context.channel, version: version, status: status) }
    agreement?.succeed(
      Agreement(
        version: version, channel: context.channel,
        handler: NIOLoopBound(self, eventLoop: context.eventLoop), status: status, writer: writer))
    agreement = nil
  }

  // MARK: - Requests

  /// Takes note of requests that were written directly. To be called before an answer is read.
  func takeSubmission() { note(writer?.takeSubmission()) }

  /// Takes note of them, and writes what the socket did not take of them. To be called before anything is written.
  func takeHandover() { if let writer { see(to: writer.takeHandover()) } }

  private func see(to handover: DirectWriter.Handover) {
    note(handover.submission)
    // In any case: the server has seen the beginning.
    if let rest = handover.rest { send(rest) }
  }

  private func note(_ submission: DirectWriter.Submission?) {
    guard let submission else { return }
    if !register(submission.requests, submission.gate) { endRead() }
    watchSilence(since: submission.time)
  }

  /// Takes note of requests; from now on answers pass the gate, if one is given.
  ///
  /// - Returns: Whether they may be written. Otherwise those who wait have been told why not.
  private func register(_ requests: [Machine.Request], _ gate: ResponseGate?) -> Bool {
    if let gate { self.gate = gate }
    do throws(BoltError) {
      try machine.send(requests)
      return true
    } catch {
      for request in requests { tell(request, .failure(error)) }
      return false
    }
  }

  private func send(_ bytes: ByteBuffer) {
    mayHoldBytes = true
    context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
  }

  /// Lets requests be written directly again, if this is a moment for it.
  private func allowDirectWrites() {
    guard let writer, machine.openRequests == 0, !isHeld, !held.isHolding, closeError == nil, let context else {
      return
    }
    if mayHoldBytes { mayHoldBytes = Self.waitingBytes(context) > 0 }
    if !mayHoldBytes { writer.allowRequests(in: machine.state) }
  }

  // MARK: - Messages

  private func readMessages() throws(BoltError) {
    while closeError == nil, let message = try decoder.next() {
      let response: BoltResponse
      do throws(PackStreamError) {
        response = try BoltResponse(message, dialect: dialect)
      } catch {
        throw BoltError(.protocolViolation, "the server's message cannot be read: \(error)", address: address)
      }
      if case .record(let record) = response {
        recordSink = try machine.recordSink()
        records.append(record)
      } else {
        deliverRecords()
        perform(machine.receive(response))
      }
    }
    deliverRecords()
  }

  private func deliverRecords() {
    guard !records.isEmpty else { return }
    if let recordSink {
      recordSink.receive(records)
      remember(recordSink)
      // Where another answer is due behind these records, they have to be taken whoever reads them.
      if recordSink.isFull, machine.openRequests == 1 { hold() }
    }
    records = []
    recordSink = nil
  }

  private func hold() {
    guard !isHeld, closeError == nil, let context else { return }
    isHeld = true
    setReading(false, context)
  }

  private func setReading(_ reads: Bool, _ context: ChannelHandlerContext) {
    do { try context.channel.syncOptions?.setOption(.autoRead, value: reads) } catch {
      fail(ConnectFailure.error(for: error, address: address))
    }
  }

  private func perform(_ action: Machine.Action) {
    switch action {
    case .complete(let request, let outcome): tell(request, outcome)
    case .completeAndClose(let request, let error):
      tell(request, .failure(error))
      fail(error)
    case .close(let error): fail(error)
    }
  }

  private func tell(_ request: Machine.Request, _ outcome: Result<[String: BoltValue], BoltError>) {
    if request.kind != .goodbye { answered += 1 }
    pass(request, outcome)
  }

  private func pass(_ request: Machine.Request, _ outcome: Result<[String: BoltValue], BoltError>) {
    // A RESET ends all work in front of it: whoever waits for it must not wait for a callback of that work as well, which
    // may never return. What is held back stays so, apart from all that comes from now on.
    if request.kind == .reset, held.isHolding { held = HeldResponses() }
    pass(request, outcome, behind: held, gate)
  }

  private func pass(
    _ request: Machine.Request, _ outcome: Result<[String: BoltValue], BoltError>,
    behind held: HeldResponses<Machine.Request>, _ gate: ResponseGate?
  ) {
    guard !held.isHolding else { return held.append(request, outcome) }
    if let known = held.known(request.kind, outcome) { return deliver(request, known) }
    guard let gate, let context else { return deliver(request, outcome) }
    switch gate.admit(request.kind, outcome) {
    case .now(let made):
      held.remember(made, of: outcome)
      deliver(request, made)
    case .later(let work):
      held.hold()
      let loop = context.eventLoop
      let (handler, held) = (NIOLoopBound(self, eventLoop: loop), NIOLoopBound(held, eventLoop: loop))
      Task.detached {
        let made = await work()
        loop.execute {
          held.value.remember(made, of: outcome)
          handler.value.release(held.value, gate, answering: request, made)
        }
      }
    }
  }

  private func release(
    _ held: HeldResponses<Machine.Request>, _ gate: ResponseGate, answering request: Machine.Request,
    _ made: Result<[String: BoltValue], BoltError>
  ) {
    let waiting = held.release()
    deliver(request, made)
    for (request, outcome) in waiting { pass(request, outcome, behind: held, gate) }
    endRead()
  }

  private func deliver(_ request: Machine.Request, _ outcome: Result<[String: BoltValue], BoltError>) {
    guard let sink = request.sink else { return }
    sink.complete(request.kind, outcome)
    remember(sink)
  }

  private func remember(_ sink: any ResponseSink) {
    if told.last !== sink { told.append(sink) }
  }

  /// The end of a read: those who were told something are woken, after the status is right.
  private func endRead() {
    if answered > 0 {
      status.didAnswer(answered, isReady: machine.state.phase == .ready)
      answered = 0
      allowDirectWrites()
    }
    guard !told.isEmpty else { return }
    let woken = told
    told.removeAll(keepingCapacity: true)
    for sink in woken { sink.wake() }
  }
}
