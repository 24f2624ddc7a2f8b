import BoltDriver
import FuzzSupport
import NIOCore

/// One message of a server, and all that the driver reads out of it.
struct ReceivedMessage {
  private let bytes: ByteBuffer
  private let dialect: PackStreamDialect

  init(_ bytes: [UInt8], _ dialect: PackStreamDialect) {
    self.bytes = ByteBuffer(bytes: bytes)
    self.dialect = dialect
  }

  func test() {
    let response: BoltResponse
    do throws(PackStreamError) {
      response = try BoltResponse(bytes, dialect: dialect)
    } catch {
      require(error.offset <= bytes.readableBytes, "an error is within its message")
      require(!error.description.isEmpty, "an error says what is wrong")
      return
    }
    switch response {
    case .record(let values): testRecord(values)
    case .success(let metadata): testSummary(metadata)
    case .failure(let failure): test(failure)
    case .ignored: require(bytes.readableBytes == 2, "IGNORED carries nothing")
    }
  }

  private func testRecord(_ values: ByteBuffer) {
    _ = try? PackStreamReader.read(values, dialect: dialect) { reader throws(PackStreamError) in try reader.readList() }
  }

  private func testSummary(_ metadata: [String: BoltValue]) {
    let hints = ConnectionHints(hello: metadata)
    require((1...86_400).contains(hints.receiveTimeoutSeconds ?? 1), "a limit of silence is at most a day")
    let server = ServerInfo(address: "graph:7687", agent: "Neo4j/5.26.0", protocolVersion: .v60)
    do throws(BoltError) {
      let summary = try ResultSummary(
        query: "RETURN 1", columns: ["a"], sawRecords: true, header: metadata, end: metadata, server: server)
      _ = (summary.counters.containsUpdates, summary.plan?.children.count, summary.profile?.databaseHits)
      for notification in summary.notifications { _ = (notification.severity, notification.category) }
      for status in summary.statuses { _ = (status.severity, status.classification, status.position) }
    } catch {
      require(error.code == .protocolViolation, "a summary that makes no sense is a violation of the protocol")
    }
  }

  private func test(_ failure: ServerFailure) {
    let error = BoltError(failure, address: "graph:7687")
    require(!failure.code.isEmpty && !failure.message.isEmpty, "a failure has a code and a text, whatever was sent")
    _ = (error.isRetryable, error.classification, error.gqlStatus, failure.status.causes.count)
    let line = error.description
    require(
      line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control },
      "an error is one line without control characters")
    require(line.unicodeScalars.count < 4_200, "an error is of bounded length")
  }
}
