import NIOCore

extension BoltChannelHandler {
  // MARK: - Silence

  /// A request was sent: makes sure that a timer is set, if the server promised not to be silent.
  ///
  /// - Parameter time: When it was sent; nil for now.
  func watchSilence(since time: NIODeadline? = nil) {
    guard let context, let delay = silence.begin(since: time) else { return }
    schedule(after: delay, context)
  }

  private func schedule(after delay: TimeAmount, _ context: ChannelHandlerContext) {
    silence.timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in self?.lookForSilence() }
  }

  private func lookForSilence() {
    guard let context, closeError == nil else { return }
    // An idle connection has no timer. This is said before looking: a request in between is taken here, a later one told.
    writer?.tellOfNextRequests()
    takeSubmission()
    // The silence is our own.
    if isHeld { silence.heard() }
    switch silence.look(isWaiting: machine.openRequests > 0) {
    case .rest: return
    case .lookAgain(let delay): schedule(after: delay, context)
    case .tooLong(let period):
      let seconds = period.nanoseconds / 1_000_000_000
      fail(
        BoltError(
          .serviceUnavailable, "the server was silent for \(seconds) s, its own limit, while a request was open",
          address: address))
    }
  }

  // MARK: - Stuck writes

  func lookAtWrites(after delay: TimeAmount, _ context: ChannelHandlerContext) {
    writes.timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
      guard let self, let context = self.context, closeError == nil else { return }
      if let delay = writes.look(waiting: Self.waitingBytes(context)) { return lookAtWrites(after: delay, context) }
      fail(BoltError(.serviceUnavailable, "the server takes nothing of what is sent to it", address: address))
    }
  }

  static func waitingBytes(_ context: ChannelHandlerContext) -> Int {
    (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }
}
