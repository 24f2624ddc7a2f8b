import NIOCore
import NIOHTTP1

/// One connection of the health port. Lives on the server's event loop alone.
final class HealthConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// No probe has a body; what is longer than this is not read to its end.
  private static let bodyLimit = 16 * 1024

  private let deadline: TimeAmount
  private let executor: LoopExecutor
  private let respond: @Sendable (String) async -> HealthResponse
  private var request: HTTPRequestHead?
  private var bodySize = 0
  private var expiry: Scheduled<Void>?

  init(
    deadline: TimeAmount, executor: LoopExecutor, respond: @escaping @Sendable (String) async -> HealthResponse
  ) {
    self.deadline = deadline
    self.executor = executor
    self.respond = respond
  }

  func channelActive(context: ChannelHandlerContext) {
    rearm(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    expiry?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      request = head
      bodySize = 0
    case .body(let bytes):
      bodySize += bytes.readableBytes
      if bodySize > Self.bodyLimit, let head = request {
        request = nil
        write(.text(413, "no body is expected here"), to: head, isLast: true, context: context)
      }
    case .end:
      guard let head = request else { return }
      request = nil
      answer(head, context: context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Garbage, an oversized header or a reset: the protocol error handler has answered what can be answered.
    context.close(promise: nil)
  }

  private func answer(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    guard head.method == .GET || head.method == .HEAD else {
      return write(.text(405, "only GET and HEAD are served"), to: head, context: context)
    }
    let path = String(head.uri.prefix { $0 != "?" && $0 != "#" })
    let respond = self.respond
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let answer = context.eventLoop.makePromise(of: HealthResponse.self)
    Task(executorPreference: executor) { answer.succeed(await respond(path)) }
    answer.futureResult.whenSuccess { response in
      let (connection, context) = bound.value
      connection.write(response, to: head, context: context)
    }
  }

  private func write(
    _ response: HealthResponse, to head: HTTPRequestHead, isLast: Bool = false, context: ChannelHandlerContext
  ) {
    let isLast = isLast || !head.isKeepAlive
    var headers = HTTPHeaders([
      ("Content-Type", response.contentType), ("Content-Length", "\(response.body.count)"),
      ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
    ])
    if response.status == 405 { headers.add(name: "Allow", value: "GET, HEAD") }
    if isLast { headers.add(name: "Connection", value: "close") }
    let status = HTTPResponseStatus(statusCode: response.status)
    context.write(
      wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
    if head.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
    }
    let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    rearm(context)
    if isLast {
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      end.whenComplete { _ in bound.value.close(promise: nil) }
    }
  }

  /// One deadline for the whole of the next request, and for the client to take the last answer: a byte now and then
  /// does not keep a connection.
  private func rearm(_ context: ChannelHandlerContext) {
    expiry?.cancel()
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    expiry = context.eventLoop.scheduleTask(in: deadline) { bound.value.close(promise: nil) }
  }
}
