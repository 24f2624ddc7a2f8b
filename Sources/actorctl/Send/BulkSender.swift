import Actors

/// Sends the messages of a JSONL file: batches with pipelined confirms, a few at a time, so that memory is bounded
/// however long the file is.
struct BulkSender: Sendable {
  /// The most messages of a batch.
  static let batchCount = 256
  /// The most bytes of a batch.
  static let batchBytes = 2 * 1024 * 1024
  /// How many batches are under way.
  static let batchesInFlight = 4
  /// The longest line: the default limit of a worker's body, and room for what a line leaves out.
  static let lineLimit = 16 * 1024 * 1024

  /// One message that was not confirmed.
  struct Failure: Sendable, Hashable {
    let line: Int
    let id: String
    let outcome: PublishOutcome
  }

  /// How it ended.
  struct Report: Sendable {
    var tally = SendTally()
    /// The first of the messages that were not confirmed.
    var failures: [Failure] = []
    /// The line that ended the send, and what is wrong with it.
    var badLine: String?
  }

  private struct Batch: Sendable {
    var lines: [Int] = []
    var ids: [String] = []
    var publications: [Publication] = []
    var bytes = 0

    var isFull: Bool { lines.count >= BulkSender.batchCount || bytes >= BulkSender.batchBytes }
  }

  let template: MessageTemplate
  let delay: Duration?
  /// Makes the publication of a message.
  let prepare: @Sendable (OutgoingMessage) async throws -> Publication
  /// Publishes and waits for the outcomes.
  let publish: @Sendable ([Publication]) async -> [PublishOutcome]

  /// Sends every line.
  ///
  /// - Parameter progress: Told how many bytes of the input and how many messages are done.
  func send(
    _ descriptor: Int32, progress: (_ bytes: Int, _ messages: Int) -> Void = { _, _ in }
  ) async throws -> Report {
    var reader = LineReader(descriptor: descriptor, limit: Self.lineLimit)
    var report = Report()
    let publish = self.publish
    try await withThrowingTaskGroup(of: (Batch, [PublishOutcome]).self) { group in
      var underWay = 0
      while report.badLine == nil {
        let batch = try await nextBatch(&reader, &report)
        if batch.lines.isEmpty { break }
        if underWay == Self.batchesInFlight, let done = try await group.next() {
          underWay -= 1
          Self.count(done.0, done.1, in: &report)
          progress(reader.consumed, report.tally.total)
        }
        group.addTask { (batch, await publish(batch.publications)) }
        underWay += 1
      }
      for try await done in group { Self.count(done.0, done.1, in: &report) }
    }
    return report
  }

  private func nextBatch(_ reader: inout LineReader, _ report: inout Report) async throws -> Batch {
    var batch = Batch()
    while !batch.isFull {
      var number = 0
      do {
        guard let line = try reader.next() else { break }
        number = line.number
        if line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
        let message = try template.message(line: line.bytes)
        let publication = try await prepare(OutgoingMessage(message: message, delay: delay))
        batch.lines.append(number)
        batch.ids.append(message.id)
        batch.bytes += publication.body.count
        batch.publications.append(publication)
      } catch let failure as CommandFailure where failure.code == .data {
        report.badLine = number > 0 ? "line \(number): \(failure.message)" : failure.message
        break
      }
    }
    return batch
  }

  private static func count(_ batch: Batch, _ outcomes: [PublishOutcome], in report: inout Report) {
    for (index, outcome) in outcomes.enumerated() {
      report.tally.count(outcome)
      if !outcome.isConfirmed, report.failures.count < 20, index < batch.lines.count {
        report.failures.append(Failure(line: batch.lines[index], id: batch.ids[index], outcome: outcome))
      }
    }
  }
}
