import NIOCore

/// Cuts the suite's lines into requests.
final class RequestReader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let sink: AsyncStream<BackendRequest>.Continuation
  private var bytes = ByteBuffer()
  /// The lines of the request that has begun; nil between two requests.
  private var lines: [String]?

  init(_ sink: AsyncStream<BackendRequest>.Continuation) { self.sink = sink }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes.writeImmutableBuffer(unwrapInboundIn(data))
    do {
      while let line = nextLine() { try take(line) }
    } catch {
      print("\(error)")
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    sink.finish()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func nextLine() -> String? {
    guard let end = bytes.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let line = bytes.readString(length: end - bytes.readerIndex)
    bytes.moveReaderIndex(forwardBy: 1)
    bytes.discardReadBytes()
    return line
  }

  private func take(_ line: String) throws {
    switch line {
    case "#request begin": lines = []
    case "#request end":
      let text = (lines ?? []).joined()
      lines = nil
      sink.yield(try BackendRequest(text))
    default: lines?.append(line)
    }
  }
}
