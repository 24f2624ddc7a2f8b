import Synchronization

/// A consumption of an ``InMemoryBroker``.
struct InMemoryConsumption: Consumption {
  let broker: InMemoryBroker
  let generation: UInt32

  func settle(_ receipt: Delivery.Receipt, _ settlement: Settlement) -> Bool { broker.settle(receipt, settlement) }

  func cancel() async { broker.state.withLock { $0.cancelConsumer(generation) } }

  func close() async { broker.end(generation) }

  var state: ConsumptionState {
    broker.state.withLock { $0.isConsuming(generation) } ? .consuming : .stopped
  }
}
