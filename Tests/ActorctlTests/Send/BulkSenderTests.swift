import Actors
import Foundation
import Synchronization
import Testing

@testable import actorctl

@Suite("Sending a file")
struct BulkSenderTests {
  private func send(
    _ text: String, outcome: @escaping @Sendable (Int) -> PublishOutcome = { _ in .confirmed }
  ) async throws -> (BulkSender.Report, Int) {
    let folder = try TemporaryFolder()
    let descriptor = open(try folder.write(text, to: "messages"), O_RDONLY)
    defer { close(descriptor) }
    let published = Lock(0)
    let bulk = BulkSender(
      template: MessageTemplate(actor: "greet", queue: "default", options: MessageOptions()), delay: nil,
      prepare: { Publication(route: .queue($0.message.queueName), body: .bytes($0.message.encoded())) },
      publish: { batch in
        #expect(batch.count <= BulkSender.batchCount)
        let first = published.withLock { count in
          defer { count += batch.count }
          return count
        }
        return batch.indices.map { outcome(first + $0) }
      })
    let report = try await bulk.send(descriptor)
    return (report, published.withLock { $0 })
  }

  private func lines(_ count: Int) -> String {
    (0..<count).map { "{\"args\":[\($0)]}\n" }.joined()
  }

  @Test func `every line is sent and counted`() async throws {
    let (report, published) = try await send(lines(3000) + "\n   \n" + lines(1))
    #expect(published == 3001)
    #expect(report.tally.confirmed == 3001)
    #expect(report.tally.isClean)
    #expect(report.tally.text == "3,001 confirmed, 0 returned, 0 unknown")
  }

  @Test func `a bad line ends the send: what came before it is sent, it and the rest are not`() async throws {
    let (report, published) = try await send(lines(300) + "{\"args\":7}\n" + lines(50))
    #expect(published == 300)
    #expect(report.tally.confirmed == 300)
    #expect(report.badLine?.hasPrefix("line 301: ") == true)
  }

  @Test func `outcomes are told apart and failures keep their lines`() async throws {
    let (report, _) = try await send(lines(4)) { index in
      [.confirmed, .returned("NO_ROUTE"), .nacked, .unknown("connection lost")][index]
    }
    #expect(report.tally.text == "1 confirmed, 1 returned, 1 nacked, 1 unknown")
    #expect(report.failures.map(\.line) == [2, 3, 4])
  }

  @Test func `an empty file is no mistake`() async throws {
    let (report, _) = try await send("")
    #expect(report.tally.total == 0)
    #expect(report.badLine == nil)
  }
}
