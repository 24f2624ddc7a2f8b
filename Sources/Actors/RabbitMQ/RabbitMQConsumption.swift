/// A running consumption at RabbitMQ: a connection, its thread, and the mailbox between it and the worker.
final class RabbitMQConsumption: Consumption {
  private let loop: ConnectionLoop
  private let mailbox: ConsumerMailbox

  init(loop: ConnectionLoop, mailbox: ConsumerMailbox) {
    self.loop = loop
    self.mailbox = mailbox
  }

  func settle(_ receipt: Delivery.Receipt, _ settlement: Settlement) -> Bool { mailbox.settle(receipt, settlement) }

  func cancel() async {
    if mailbox.consumption == .stopped { return }
    await withCheckedContinuation { mailbox.request(.cancel($0)) }
  }

  func close() async {
    loop.stop()
    await loop.join()
  }

  var state: ConsumptionState { mailbox.consumption }
}
