import Actors
import BoltDriver
import NIOCore

/// One test of the suite: what it has made, and the requests it makes. Each request is worked on in a task of its own,
/// so that the replies to what the driver asks meanwhile are still read.
final class BackendConnection: Sendable {
  /// What the backend was told at its start.
  let options: BackendOptions
  /// What the test has made.
  let objects = TestObjects()
  /// The driver's clock, which a test may stop.
  let clock = MockClock()
  private let channel: any Channel
  private let requests: AsyncStream<BackendRequest>
  private let pending = PendingReplies()

  init(channel: any Channel, requests: AsyncStream<BackendRequest>, _ options: BackendOptions) {
    self.channel = channel
    self.requests = requests
    self.options = options
  }

  /// Serves until the suite closes the connection, and leaves nothing behind.
  func run() async {
    await withDiscardingTaskGroup { group in
      for await request in requests {
        if request.name.hasSuffix("Completed") || request.name.hasPrefix("Retryable") {
          await takeReply(request)
        } else {
          group.addTask { await self.serve(request) }
        }
      }
      await pending.close()
      group.cancelAll()
    }
    for driver in await objects.drivers.removeAll() { await driver.close() }
    channel.close(promise: nil)
  }

  /// Sends a message.
  ///
  /// - Throws: When it has no JSON form.
  func send(_ name: String, _ data: JSONValue) throws {
    let text = try JSONText(encoding: ["name": .string(name), "data": data] as JSONValue).text
    channel.writeAndFlush(ByteBuffer(string: "#response begin\n\(text)\n#response end\n"), promise: nil)
  }

  /// Asks the suite something in the middle of a request.
  ///
  /// - Parameters:
  ///   - question: The name of the message.
  ///   - data: Its data; the question's id is added.
  /// - Returns: The data of the reply.
  func ask(_ question: String, _ data: [JSONValue.Member]) async throws -> RequestFields {
    let id = await pending.nextID()
    let members = data + [JSONValue.Member(key: "id", value: .string(id))]
    return RequestFields(try await pending.reply(to: id) { try self.send(question, .object(members)) })
  }

  /// Lets the suite do the work of a managed transaction.
  ///
  /// - Returns: Nil when it wants to commit; the id of the error it wants to end with otherwise, empty for one of its own.
  func askForWork(session: String, transaction: String) async throws -> String? {
    let reply = try await pending.reply(to: session) { try self.send("RetryableTry", ["id": .string(transaction)]) }
    return reply["errorId"]?.stringValue
  }

  // MARK: - Parts

  private func serve(_ request: BackendRequest) async {
    let fields = RequestFields(request.data)
    do {
      let answer = try await self.answer(request.name, fields)
      try fields.expectAllRead(of: request.name)
      try send(answer.name, answer.data)
    } catch {
      await report(error, from: request)
    }
  }

  private func report(_ error: any Error, from request: BackendRequest) async {
    do {
      switch error {
      case let fault as BackendFault:
        print("\(request.name): \(fault)")
        try send("BackendError", ["msg": .string("\(request.name): \(fault)")])
      case let error as FrontendFailure: try send("FrontendError", ["msg": .string("\(error)")])
      default:
        let id = await objects.errors.add(error)
        try send("DriverError", DriverErrorMessage(error).json(id: id))
      }
    } catch {
      print("\(request.name): an error that cannot be sent: \(error)")
    }
  }

  private func takeReply(_ request: BackendRequest) async {
    do {
      guard let id = (request.data["requestId"] ?? request.data["sessionId"])?.stringValue else {
        throw BackendFault("a reply that names no question")
      }
      try await pending.take(request.data, to: id)
    } catch {
      await report(error, from: request)
    }
  }
}
