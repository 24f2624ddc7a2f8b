import NIOCore
import Synchronization

/// Waits on the event loop for the answers to a login.
final class LoginReply: ResponseSink {
  /// A connection that is logged in, with the metadata of HELLO's answer.
  typealias Outcome = (agreement: BoltChannelHandler.Agreement, hello: [String: BoltValue])

  private struct State {
    var left: Int
    var hello: [String: BoltValue]?
    var failure: BoltError?
  }

  private let state: Lock<State>
  private let promise: EventLoopPromise<[String: BoltValue]>
  private let address: String

  private init(count: Int, address: String, _ promise: EventLoopPromise<[String: BoltValue]>) {
    state = Lock(State(left: count))
    self.address = address
    self.promise = promise
  }

  /// Sends the messages of a login.
  ///
  /// - Returns: The connection, once the server has let it in; the error that it refused it with.
  static func logIn(
    _ login: Login, _ agreement: BoltChannelHandler.Agreement, address: String
  ) -> EventLoopFuture<Outcome> {
    let promise = agreement.channel.eventLoop.makePromise(of: [String: BoltValue].self)
    let requests = login.requests(for: agreement.version)
    do {
      try login.notifications.refuse(in: agreement.version, address: address)
      try BoltConnection.send(
        requests, to: LoginReply(count: requests.count, address: address, promise),
        encoder: RequestEncoder(version: agreement.version), agreement)
    } catch {
      promise.fail(error)
    }
    return promise.futureResult.map { (agreement, $0) }
  }

  func receive(_ records: [ByteBuffer]) {}

  func complete(_ kind: BoltRequest.Kind, _ outcome: Result<[String: BoltValue], BoltError>) {
    state.withLock { state in
      state.left -= 1
      switch outcome {
      case .success(let metadata):
        guard state.hello == nil else { return }
        state.hello = metadata
        state.failure = Self.refusal(metadata, address: address)
      case .failure(let error): if state.failure == nil { state.failure = error }
      }
    }
  }

  /// Servers of other products speak other dialects of the protocol; those that speak this one say that they do.
  private static func refusal(_ hello: [String: BoltValue], address: String) -> BoltError? {
    guard case .string(let agent)? = hello["server"], agent.hasPrefix("Neo4j/") else {
      return BoltError(
        .unsupportedServer,
        "the server does not call itself Neo4j/…, so it may mean something else by the same "
          + "messages", address: address)
    }
    return nil
  }

  func wake() {
    let (left, hello, failure) = state.withLock { ($0.left, $0.hello, $0.failure) }
    if let failure {
      promise.fail(failure)
    } else if left <= 0 {
      promise.succeed(hello ?? [:])
    }
  }
}
