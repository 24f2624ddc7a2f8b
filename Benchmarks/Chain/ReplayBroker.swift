import Actors
import BenchMessages
import Glibc
import Synchronization

/// A broker that delivers the same message again and again, as fast as it is settled: what a worker costs by itself.
final class ReplayBroker: Broker {
  private let body: [UInt8]
  private let total: Int
  private let consumption = Mutex<ReplayConsumption?>(nil)

  init(_ message: Message, times: Int) {
    body = message.encoded()
    total = times
  }

  func register(_ queue: QueueDeclaration) {}

  func publish(_ publications: [Publication]) async -> [PublishOutcome] { publications.map { _ in .confirmed } }

  func consume(_ request: ConsumeRequest, into sink: any DeliverySink) throws -> any Consumption {
    let made = ReplayConsumption(
      body: body, total: total, prefetch: request.prefetch, queue: request.queues.first?.name ?? benchmarkQueue,
      sink: sink)
    consumption.withLock { $0 = made }
    made.start()
    return made
  }

  func close() async {}

  /// Waits until everything is settled.
  ///
  /// - Returns: The processor time of the process in seconds since the first delivery.
  func finish() async -> Double {
    while true {
      if let seconds = consumption.withLock({ $0?.cpuAtEnd }) { return seconds }
      try? await Task.sleep(for: .milliseconds(2))
    }
  }
}
