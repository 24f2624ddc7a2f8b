import Testing

@testable import actorctl

@Suite("The console")
struct ConsoleTests {
  private func confirm(_ captured: CapturedConsole, isAgreed: Bool = false) -> CommandFailure? {
    do throws(CommandFailure) { try captured.console.confirm("Remove 2 messages?", isAgreed: isAgreed) } catch {
      return error
    }
    return nil
  }

  @Test func `asks on a terminal`() {
    let yes = CapturedConsole(isTerminal: true, answers: ["y"])
    #expect(confirm(yes) == nil)
    #expect(yes.error == "Remove 2 messages? [y/N] ")
    #expect(confirm(CapturedConsole(isTerminal: true, answers: ["n"]))?.code == .refused)
    #expect(confirm(CapturedConsole(isTerminal: true, answers: [""]))?.code == .refused)
    #expect(confirm(CapturedConsole(isTerminal: true))?.code == .refused)
  }

  @Test func `needs --yes where nobody can be asked`() {
    let captured = CapturedConsole()
    #expect(confirm(captured)?.code == .refused)
    #expect(captured.error.isEmpty)
    #expect(confirm(captured, isAgreed: true) == nil)
  }

  @Test func `colours on a terminal only, and not with NO_COLOR`() {
    let plain = CapturedConsole()
    plain.console.warn("careful")
    #expect(plain.error == "warning: careful\n")
    let colour = CapturedConsole(isTerminal: true)
    colour.console.warn("careful")
    #expect(colour.error == "\u{1B}[33mwarning:\u{1B}[0m careful\n")
    let refused = CapturedConsole(isTerminal: true, environment: ["NO_COLOR": "1"])
    refused.console.warn("careful")
    #expect(refused.error == "warning: careful\n")
  }

  @Test func `shows no progress where nobody looks`() {
    let captured = CapturedConsole()
    var bar = ProgressBar("sending", total: 100, console: captured.console)
    bar.update(50, count: 5)
    bar.finish()
    #expect(captured.error.isEmpty)
  }

  @Test func `shows rate, share and the time left on a terminal`() {
    let start = ContinuousClock.now
    let bar = ProgressBar("sending", total: 1000, console: CapturedConsole(isTerminal: true).console, now: start)
    #expect(
      bar.line(250, count: 5000, now: start + .seconds(10))
        == "sending  5,000  500/s  [######------------------]  25%  30.0 s left")
  }
}
