import Testing

@testable import BoltDriver

@Suite struct HomeDatabaseCacheTests {
  @Test func whoseHomeItIsDependsOnWhoAsks() {
    typealias Cache = HomeDatabaseCache
    #expect(Cache.key(ConnectionRequest()) == .driver)
    #expect(Cache.key(ConnectionRequest(impersonatedUser: "eve")) == .user("eve"))
    #expect(Cache.key(ConnectionRequest(auth: .basic("ada", password: "s"))) == .user("ada"))
    #expect(Cache.key(ConnectionRequest(auth: .bearer("t"))) == .token(.bearer("t")))
    #expect(Cache.key(ConnectionRequest(impersonatedUser: "eve", auth: .bearer("t"))) == .user("eve"))
  }

  @Test func theLastAnswerCounts() {
    var cache = HomeDatabaseCache()
    #expect(cache.database(of: .driver) == nil)
    cache.remember("one", of: .driver)
    cache.remember("two", of: .driver)
    #expect(cache.database(of: .driver) == "two" && cache.database(of: .user("eve")) == nil)
  }

  @Test func itIsBoundedAndKeepsWhatIsUsed() {
    var cache = HomeDatabaseCache(limit: 10)
    for number in 0..<10 { cache.remember("db", of: .user("\(number)")) }
    #expect(cache.database(of: .user("0")) == "db")
    cache.remember("db", of: .user("10"))
    #expect(cache.database(of: .user("0")) == "db" && cache.database(of: .user("1")) == nil)
    for number in 0..<10_000 { cache.remember("db", of: .user("u\(number)")) }
    #expect(cache.database(of: .user("u9999")) == "db" && cache.database(of: .user("u5")) == nil)
  }
}
