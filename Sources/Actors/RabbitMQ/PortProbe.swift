import Glibc

/// Asks whether anything listens at a broker's port, without speaking to it.
enum PortProbe {
  /// Tries a TCP connection for at most a quarter of a second.
  static func answers(_ url: AMQPURL) -> Bool {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(url.host, String(url.port), &hints, &list) == 0 else { return false }
    defer { freeaddrinfo(list) }
    var entry = list
    while let address = entry?.pointee {
      if answers(address) { return true }
      entry = address.ai_next
    }
    return false
  }

  private static func answers(_ address: addrinfo) -> Bool {
    let socket = Glibc.socket(
      address.ai_family, address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
      address.ai_protocol)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    if connect(socket, address.ai_addr, address.ai_addrlen) == 0 { return true }
    guard errno == EINPROGRESS else { return false }
    var descriptor = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
    guard poll(&descriptor, 1, 250) == 1 else { return false }
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0
  }
}
