import Actors
import Glibc
import Synchronization

/// A TCP socket on loopback: blocking, with a time-out for every call.
///
/// Not thread-safe, except that ``shutdown()`` may be called from anywhere to wake a blocked call.
package struct TCPSocket: Sendable {
  /// The file descriptor.
  package let descriptor: Int32

  /// Listens on 127.0.0.1.
  ///
  /// - Parameter port: The port; 0 for any free one.
  /// - Throws: ``SystemFailure``.
  package static func listen(port: UInt16 = 0) throws -> TCPSocket {
    let socket = try make()
    var yes: Int32 = 1
    setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let code = withAddress(port) { bind(socket.descriptor, $0, $1) }
    guard code == 0, Glibc.listen(socket.descriptor, 128) == 0 else {
      let failure = SystemFailure("bind to port \(port)")
      socket.close()
      throw failure
    }
    return socket
  }

  /// Connects to a port of 127.0.0.1.
  ///
  /// - Throws: ``SystemFailure``.
  package static func connect(port: UInt16) throws -> TCPSocket {
    let socket = try make()
    guard withAddress(port, { Glibc.connect(socket.descriptor, $0, $1) }) == 0 else {
      let failure = SystemFailure("connect to port \(port)")
      socket.close()
      throw failure
    }
    socket.setNoDelay()
    return socket
  }

  private static func make() throws -> TCPSocket {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemFailure("socket") }
    return TCPSocket(descriptor: descriptor)
  }

  private static func withAddress(
    _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  /// The port it is bound to.
  package var port: UInt16 {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    return code == 0 ? UInt16(bigEndian: address.sin_port) : 0
  }

  /// Waits until a connection comes, and takes it.
  ///
  /// - Throws: ``SystemFailure``, also after ``shutdown()``.
  package func acceptNext() throws -> TCPSocket {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&polled, 1, -1) < 0, errno == EINTR {}
    return try accept()
  }

  /// Takes a connection that has come.
  ///
  /// - Throws: ``SystemFailure``, also when none has come and the listener does not block.
  package func accept() throws -> TCPSocket {
    // A child started between the two calls would inherit the connection and keep it open.
    let accepted = ChildStart.lock.withLock { _ in
      let accepted = Glibc.accept(descriptor, nil, nil)
      if accepted >= 0 { _ = fcntl(accepted, F_SETFD, FD_CLOEXEC) }
      return accepted
    }
    guard accepted >= 0 else { throw SystemFailure("accept") }
    let socket = TCPSocket(descriptor: accepted)
    socket.setNoDelay()
    return socket
  }

  private func setNoDelay() {
    var yes: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Bounds every later read and write.
  package func setTimeout(seconds: Int) {
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
  }

  /// Makes reads and writes return at once.
  package func setNonBlocking() { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) }

  /// Reads what is there, at most `count` bytes; empty at the end of the stream.
  ///
  /// - Throws: ``SystemFailure``.
  package func read(atMost count: Int) throws -> [UInt8] {
    var failure: SystemFailure?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while true {
        let got = recv(descriptor, buffer.baseAddress, count, 0)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = SystemFailure("recv") }
        filled = max(0, got)
        return
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads exactly so many bytes; nil when the stream ends before the first.
  ///
  /// - Throws: ``SystemFailure``, ``WireError`` when the stream ends in the middle.
  package func read(exactly count: Int) throws -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let more = try read(atMost: count - bytes.count)
      if more.isEmpty {
        if bytes.isEmpty { return nil }
        throw WireError("the stream ended after \(bytes.count) of \(count) bytes")
      }
      bytes += more
    }
    return bytes
  }

  /// Writes everything.
  ///
  /// - Throws: ``SystemFailure``.
  package func write(_ bytes: [UInt8]) throws {
    var start = 0
    while start < bytes.count {
      let sent = bytes.withUnsafeBytes { buffer in
        send(descriptor, buffer.baseAddress.map { $0 + start }, bytes.count - start, Int32(MSG_NOSIGNAL))
      }
      if sent < 0, errno == EINTR { continue }
      guard sent > 0 else { throw SystemFailure("send") }
      start += sent
    }
  }

  /// Ends both directions and wakes whoever is blocked; the descriptor stays.
  package func shutdown() { _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
  /// Ends the direction away from here.
  package func shutdownWriting() { _ = Glibc.shutdown(descriptor, Int32(SHUT_WR)) }
  /// Closes it in an orderly way (FIN).
  package func close() { Glibc.close(descriptor) }
  /// Closes it with a reset (RST): the peer's next call fails.
  package func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    close()
  }
}
