/// A running consumption at RabbitMQ: a connection, its thread, and the mailbox between it and the worker.
final class RabbitMQConsumption: Consumption {
  private let loop: ConnectionLoop
  private let mailbox: ConsumerMailbox
  private let watchdog: LoopWatchdog

  init(loop: ConnectionLoop, mailbox: ConsumerMailbox, watchdog: LoopWatchdog) {
    self.loop = loop
    self.mailbox = mailbox
    self.watchdog = watchdog
  }

  func settle(_ receipt: Delivery.Receipt, _ settlement: Settlement) -> Bool { mailbox.settle(receipt, settlement) }

  func cancel() async {
    if mailbox.consumption == .stopped { return }
    await withCheckedContinuation { mailbox.request(.cancel($0)) }
  }

  func close() async {
    loop.stop()
    await loop.join()
    DeadlineTimer.shared.unregister(watchdog)
  }

  var state: ConsumptionState { mailbox.consumption }
}
