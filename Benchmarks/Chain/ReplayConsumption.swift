import Actors
import BenchClock
import BenchMessages
import Dispatch
import Synchronization

/// Delivers on a thread of its own, in batches, as a connection's thread does.
final class ReplayConsumption: Consumption {
  private static let batch = 32

  private let body: [UInt8]
  private let total: Int
  private let prefetch: Int
  private let queue: String
  private let sink: any DeliverySink
  private let settled = Atomic(0)
  private let wakeup = DispatchSemaphore(value: 0)
  private let whenDone: @Sendable (_ cpu: Double) -> Void

  init(
    body: [UInt8], total: Int, prefetch: Int, queue: String, sink: any DeliverySink,
    whenDone: @escaping @Sendable (_ cpu: Double) -> Void
  ) {
    self.body = body
    self.total = total
    self.prefetch = prefetch
    self.queue = queue
    self.sink = sink
    self.whenDone = whenDone
  }

  func start() { DispatchQueue(label: "replay").async { [self] in deliver() } }

  private func deliver() {
    let stopwatch = Stopwatch()
    var delivered = 0
    while settled.load(ordering: .acquiring) < total {
      let room = prefetch - (delivered - settled.load(ordering: .acquiring))
      let count = min(Self.batch, total - delivered)
      if count == 0 || room < count {
        wakeup.wait()
        continue
      }
      let first = delivered
      sink.deliver(
        (0..<count).map { index in
          Delivery(
            queue: queue, body: .bytes(body),
            receipt: Delivery.Receipt(generation: 1, tag: UInt64(first + index + 1)))
        })
      delivered += count
    }
    whenDone(stopwatch.cpu)
  }

  func settle(_ receipt: Delivery.Receipt, _ settlement: Settlement) -> Bool {
    let count = settled.add(1, ordering: .acquiringAndReleasing).newValue
    if count % Self.batch == 0 || count == total { wakeup.signal() }
    return true
  }

  func cancel() async {}
  func close() async {}
  var state: ConsumptionState { .consuming }
}
