import NIOCore
import NIOPosix

@testable import BoltDriver

/// Stands between a driver and a server, and changes what versions the driver offers: so the server chooses another
/// one, and the driver has to speak it.
final class OfferingProxy: Sendable {
  private let channel: any Channel

  private init(_ channel: any Channel) { self.channel = channel }

  /// Listens on a free port of this machine.
  ///
  /// - Parameters:
  ///   - server: The server behind it.
  ///   - version: The only version that is offered.
  static func start(to server: ServerAddress, offering version: BoltVersion) async throws -> OfferingProxy {
    let offer: [UInt8] = [0, 0, version.minor, version.major] + [UInt8](repeating: 0, count: 12)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { client in
        let upstream = ClientBootstrap(group: client.eventLoop).connect(host: server.host, port: server.port)
        return upstream.flatMapThrowing { server in
          try client.pipeline.syncOperations.addHandler(OfferingRelay(to: server, offering: offer))
          try server.pipeline.syncOperations.addHandler(OfferingRelay(to: client))
        }.flatMap { client.setOption(.autoRead, value: true) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return OfferingProxy(channel)
  }

  /// Where it listens.
  var address: ServerAddress { ServerAddress(host: "127.0.0.1", port: channel.localAddress?.port ?? 0) }

  func stop() async throws { try await channel.close() }
}

/// One direction of a connection.
private final class OfferingRelay: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let peer: any Channel
  private var offer: [UInt8]?
  private var opening = ByteBuffer()

  init(to peer: any Channel, offering offer: [UInt8]? = nil) {
    self.peer = peer
    self.offer = offer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    guard let offer else {
      peer.writeAndFlush(bytes, promise: nil)
      return
    }
    opening.writeImmutableBuffer(bytes)
    guard opening.readableBytes >= 4 + offer.count else { return }
    opening.setBytes(offer, at: opening.readerIndex + 4)
    self.offer = nil
    peer.writeAndFlush(opening, promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { peer.close(promise: nil) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
