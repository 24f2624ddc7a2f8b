import Testing

@testable import BoltDriver

@Suite struct ConnectionLoginTests {
  private let ada = AuthToken.basic("ada", password: "a")
  private let eve = AuthToken.basic("eve", password: "e")

  @Test func theSameUserNeedsNothing() {
    var login = ConnectionLogin(token: ada, generation: 0)
    #expect(login.match(ada, generation: 0, version: .v44) == .good)
    #expect(!login.hasPending)
  }

  @Test func anotherUserLogsInInFrontOfTheNextRequest() {
    var login = ConnectionLogin(token: ada, generation: 0)
    #expect(login.match(eve, generation: 0, version: .v51) == .good)
    login.announce(.executeQuery)
    #expect(login.token == eve && login.hasPending)
    #expect(login.takePending() == [.logoff, .logon(eve.wireFields), .telemetry(.executeQuery)])
    #expect(!login.hasPending && login.takePending().isEmpty)
  }

  @Test func aLoginThatWasNotSentIsReplaced() {
    var login = ConnectionLogin(token: ada, generation: 0)
    _ = login.match(eve, generation: 0, version: .v51)
    _ = login.match(ada, generation: 0, version: .v51)
    #expect(login.takePending() == [.logoff, .logon(ada.wireFields)])
  }

  @Test func olderVersionsNeedAnotherConnection() {
    var login = ConnectionLogin(token: ada, generation: 0)
    #expect(login.match(eve, generation: 0, version: .v50) == .mustReconnect)
    #expect(login.match(ada, generation: 1, version: .v50) == .mustReconnect)
  }

  @Test func aLoginOfAnEarlierGenerationIsRepeatedOnce() {
    var login = ConnectionLogin(token: ada, generation: 3)
    #expect(login.match(ada, generation: 4, version: .v51) == .good)
    #expect(login.takePending() == [.logoff, .logon(ada.wireFields)])
    #expect(login.match(ada, generation: 4, version: .v51) == .good)
    #expect(!login.hasPending)
    #expect(login.match(ada, generation: 4, force: true, version: .v51) == .good)
    #expect(login.hasPending)
  }

  @Test func anAnnouncementEndsWithItsWork() {
    var login = ConnectionLogin(token: ada, generation: 0)
    login.announce(.autoCommit)
    login.forgetAnnouncement()
    #expect(!login.hasPending)
  }
}
