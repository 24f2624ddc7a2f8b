import Actors
import Glibc
import Synchronization

/// The proxy's thread: polls every socket, moves bytes as the settings say.
struct FaultProxyLoop {
  private let proxy: FaultProxy
  private var links: [ProxyLink] = []

  init(_ proxy: FaultProxy) { self.proxy = proxy }

  mutating func run() {
    while true {
      var state = takeState()
      if state.isStopped { break }
      obey(state.orders)
      wait(state)
      state = takeState()
      obey(state.orders)
      drainWake()
      acceptAll()
      let now = ContinuousClock.now
      for index in links.indices {
        for direction in FaultProxy.Direction.allCases {
          let treatment = state.treatments[direction] ?? FaultProxy.Treatment()
          let moved = links[index].move(direction, treatment, now: now)
          if moved > 0 { proxy.state.withLock { $0.passed[direction, default: 0] += moved } }
        }
      }
      removeEnded()
    }
    for link in links { link.reset() }
    proxy.listener.close()
  }

  private func takeState() -> FaultProxy.State {
    proxy.state.withLock { state in
      let taken = state
      state.orders = []
      return taken
    }
  }

  private mutating func obey(_ orders: [FaultProxy.Order]) {
    for order in orders {
      for index in links.indices { links[index].obey(order) }
    }
    removeEnded()
    if !orders.isEmpty { proxy.state.withLock { $0.ordersObeyed += orders.count } }
  }

  private mutating func removeEnded() {
    for link in links where link.hasEnded { link.end() }
    links.removeAll { $0.hasEnded }
    let count = links.count
    proxy.state.withLock { $0.open = count }
  }

  private func wait(_ state: FaultProxy.State) {
    var polled = [
      pollfd(fd: proxy.wake.reader, events: Int16(POLLIN), revents: 0),
      pollfd(fd: proxy.listener.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    var timeout: Int32 = 1_000
    let now = ContinuousClock.now
    for link in links {
      for direction in FaultProxy.Direction.allCases {
        let treatment = state.treatments[direction] ?? FaultProxy.Treatment()
        let interest = link.interest(direction, treatment, now: now)
        if interest.reads { polled.append(pollfd(fd: link.source(direction), events: Int16(POLLIN), revents: 0)) }
        if interest.writes { polled.append(pollfd(fd: link.sink(direction), events: Int16(POLLOUT), revents: 0)) }
        if let pause = interest.pause { timeout = min(timeout, max(1, Int32(clamping: pause))) }
      }
    }
    _ = poll(&polled, nfds_t(polled.count), timeout)
  }

  private func drainWake() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while recv(proxy.wake.reader, &bytes, bytes.count, 0) > 0 {}
  }

  private mutating func acceptAll() {
    while let client = try? proxy.listener.accept() {
      let (target, refuses) = proxy.state.withLock { state in
        state.accepted += 1
        return (state.target, state.refusesNew)
      }
      guard !refuses, let broker = try? TCPSocket.connect(port: target) else {
        client.reset()
        continue
      }
      client.setNonBlocking()
      broker.setNonBlocking()
      links.append(ProxyLink(client: client, broker: broker))
    }
  }
}
