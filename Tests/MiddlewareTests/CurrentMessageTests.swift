import Actors
import Middleware
import Testing

@Suite struct CurrentMessageTests {
  @Test func `the message is known inside the actor and in what it calls, and not outside`() async {
    let seen = Record<String?>()
    @Sendable func deep() async { seen.append(CurrentMessage.message?.id) }
    let message = Message.sample()
    _ = await process(message, through: [CurrentMessage()]) { _ in
      await deep()
      async let child: Void = deep()
      await child
      return nil
    }
    #expect(seen.elements == [message.id, message.id])
    #expect(CurrentMessage.message == nil)
  }
}
