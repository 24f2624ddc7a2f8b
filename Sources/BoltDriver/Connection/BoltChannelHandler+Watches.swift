import NIOCore

extension BoltChannelHandler {
  // MARK: - Silence

  func watchSilence() {
    guard let context, let delay = silence.begin() else { return }
    schedule(after: delay, context)
  }

  private func schedule(after delay: TimeAmount, _ context: ChannelHandlerContext) {
    silence.timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in self?.lookForSilence() }
  }

  private func lookForSilence() {
    guard let context, closeError == nil else { return }
    takeSubmission()
    // The silence is our own.
    if isHeld { silence.heard() }
    switch silence.look(isWaiting: machine.openRequests > 0) {
    case .rest:
      // Of requests that are written directly it hears only when it rings.
      if writer != nil { watchSilence() }
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
