import Actors
import BenchMessages

/// A broker that delivers the same message again and again, as fast as it is settled: what a worker costs by itself.
final class ReplayBroker: Broker {
  private let body: [UInt8]
  private let total: Int
  private let whenDone: @Sendable (_ cpu: Double) -> Void

  /// - Parameters:
  ///   - message: What is delivered.
  ///   - times: How often.
  ///   - whenDone: Gets the processor time of the process, in seconds, from the first delivery to the last settlement.
  init(_ message: Message, times: Int, whenDone: @escaping @Sendable (_ cpu: Double) -> Void) {
    body = message.encoded()
    total = times
    self.whenDone = whenDone
  }

  func register(_ queue: QueueDeclaration) {}

  func publish(_ publications: [Publication]) async -> [PublishOutcome] { publications.map { _ in .confirmed } }

  func consume(_ request: ConsumeRequest, into sink: any DeliverySink) throws -> any Consumption {
    let made = ReplayConsumption(
      body: body, total: total, prefetch: request.prefetch, queue: request.queues.first?.name ?? benchmarkQueue,
      sink: sink, whenDone: whenDone)
    made.start()
    return made
  }

  func close() async {}
}
