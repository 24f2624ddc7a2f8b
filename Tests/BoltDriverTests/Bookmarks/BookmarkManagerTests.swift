import Synchronization
import Testing

@testable import BoltDriver

@Suite struct BookmarkManagerTests {
  @Test func newBookmarksStandForThePreviousOnes() async throws {
    let manager = DefaultBookmarkManager(initial: ["a", "b"])
    #expect(manager.updatesAtOnce)
    try await manager.updateBookmarks(previous: ["a"], new: ["c"])
    #expect(try await manager.bookmarks() == ["b", "c"])
    try await manager.updateBookmarks(previous: ["b"], new: [])
    #expect(try await manager.bookmarks() == ["b", "c"])
  }

  @Test func whatIsSuppliedIsNotKeptAndTheConsumerHearsOfAll() async throws {
    let heard = Lock<[Set<String>]>([])
    let manager = DefaultBookmarkManager(
      initial: ["a"], supplier: { ["s"] }, consumer: { all in heard.withLock { $0.append(all) } })
    #expect(!manager.updatesAtOnce)
    #expect(try await manager.bookmarks() == ["a", "s"])
    try await manager.updateBookmarks(previous: ["s"], new: ["n"])
    #expect(heard.withLock { $0 } == [["a", "n"]])
    #expect(try await manager.bookmarks() == ["a", "n", "s"])
  }

  @Test func sessionsThatShareAManagerSeeEachOthersWork() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    let heard = Lock<[Set<String>]>([])
    let manager = DefaultBookmarkManager(consumer: { all in heard.withLock { $0.append(all) } })
    for bookmarks in [["own"], []] {
      try await driver.withSession(SessionConfiguration(bookmarks: bookmarks, bookmarkManager: manager)) { session in
        try await session.executeWrite { _ = try await $0.run("CREATE ()") }
        // Whoever waits for the commit finds the consumer told.
        #expect(heard.withLock { $0.last } == ["bm"])
      }
    }
    #expect(server.requests(.begin).map(\.fields) == [[["bookmarks": ["own"]]], [["bookmarks": ["bm"]]]])
    await driver.close()
  }

  @Test func aConsumerThatFailsDoesNotHideTheCommit() async throws {
    struct Oops: Error {}
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    let manager = DefaultBookmarkManager(consumer: { _ in throw Oops() })
    let error = await #expect(throws: BoltError.self) {
      try await driver.executeQuery("CREATE ()", ExecuteQueryConfiguration(bookmarks: .manager(manager)))
    }
    #expect(error?.code == .callbackFailed && error?.underlying is Oops && error?.isRetryable == false)
    #expect(server.requests(.commit).count == 1)
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func executeQueryChoosesItsBookmarks() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await driver.executeQuery("CREATE ()", ExecuteQueryConfiguration(bookmarks: .none))
    try await driver.executeQuery("CREATE ()")
    try await driver.executeQuery("CREATE ()", ExecuteQueryConfiguration(bookmarks: .none))
    try await driver.executeQuery("CREATE ()")
    #expect(
      server.requests(.begin).map(\.fields) == [[.map([:])], [.map([:])], [.map([:])], [["bookmarks": ["bm"]]]])
    #expect(try await driver.executeQueryBookmarkManager.bookmarks() == ["bm"])
    await driver.close()
  }
}
