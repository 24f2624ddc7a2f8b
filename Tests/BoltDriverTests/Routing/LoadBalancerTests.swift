import Testing

@testable import BoltDriver

@Suite struct LoadBalancerTests {
  private let servers = [1, 2, 3].map { ServerAddress(host: "s", port: $0) }

  @Test func theLeastBusyIsChosen() {
    var balancer = LoadBalancer()
    for _ in 0..<5 { #expect(balancer.choose(among: servers, for: .read) { $0.port == 2 ? 0 : 1 }?.port == 2) }
  }

  @Test func equalsTakeTurns() {
    var balancer = LoadBalancer()
    let chosen = (0..<6).compactMap { _ in balancer.choose(among: servers, for: .read) { _ in 4 }?.port }
    #expect(chosen == [1, 2, 3, 1, 2, 3])
  }

  @Test func ofNoneNoneIsChosen() {
    var balancer = LoadBalancer()
    #expect(balancer.choose(among: [], for: .write) { _ in 0 } == nil)
  }

  @Test func readersTakeTurnsWhateverIsWrittenBetween() {
    var balancer = LoadBalancer()
    let chosen = (0..<6).compactMap { _ in
      _ = balancer.choose(among: [servers[0]], for: .write) { _ in 0 }
      return balancer.choose(among: servers, for: .read) { _ in 0 }?.port
    }
    #expect(chosen == [1, 2, 3, 1, 2, 3])
  }
}
