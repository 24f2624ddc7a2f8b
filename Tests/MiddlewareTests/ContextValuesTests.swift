import Actors
import Testing

@Suite struct ContextValuesTests {
  private enum Name: MessageContextKey { typealias Value = String }
  private enum Size: MessageContextKey { typealias Value = Int }
  private enum Colour: MessageContextKey { typealias Value = String }

  private let context = MessageContext(
    message: .sample(), queue: "queue", redelivered: false,
    actor: ActorDefinition(name: "actor", options: ActorOptions()) { _ in nil })

  @Test func `what was not put there is not found`() {
    #expect(context[Name.self] == nil)
  }

  @Test func `values of several keys stand side by side`() {
    context[Name.self] = "box"
    context[Size.self] = 3
    context[Colour.self] = "red"
    #expect(context[Name.self] == "box")
    #expect(context[Size.self] == 3)
    #expect(context[Colour.self] == "red")
  }

  @Test func `the later value of a key replaces the earlier one, wherever it is kept`() {
    context[Name.self] = "box"
    context[Size.self] = 3
    context[Name.self] = "bag"
    context[Size.self] = 4
    #expect(context[Name.self] == "bag")
    #expect(context[Size.self] == 4)
  }

  @Test func `a removed value is gone and the others stay`() {
    context[Name.self] = "box"
    context[Size.self] = 3
    context[Name.self] = nil
    #expect(context[Name.self] == nil)
    #expect(context[Size.self] == 3)
    // The room of the removed value is free for another key, and not for one that has its own.
    context[Size.self] = 4
    context[Colour.self] = "red"
    context[Size.self] = nil
    #expect(context[Size.self] == nil)
    #expect(context[Colour.self] == "red")
  }
}
