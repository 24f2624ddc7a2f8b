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

  private init(count: Int, _ promise: EventLoopPromise<[String: BoltValue]>) {
    state = Lock(State(left: count))
    self.promise = promise
  }

  /// Sends the messages of a login.
  ///
  /// - Returns: The connection, once the server has let it in; the error that it refused it with.
  static func logIn(_ login: Login, _ agreement: BoltChannelHandler.Agreement) -> EventLoopFuture<Outcome> {
    let promise = agreement.channel.eventLoop.makePromise(of: [String: BoltValue].self)
    let requests = login.requests(for: agreement.version)
    do {
      try BoltConnection.send(
        requests, to: LoginReply(count: requests.count, promise), encoder: RequestEncoder(version: agreement.version),
        agreement)
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
      case .success(let metadata): if state.hello == nil { state.hello = metadata }
      case .failure(let error): if state.failure == nil { state.failure = error }
      }
    }
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
