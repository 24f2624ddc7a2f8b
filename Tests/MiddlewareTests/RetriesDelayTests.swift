import Actors
import Middleware
import TestSupport
import Testing

@Suite struct RetriesDelayTests {
  /// Retries whose jitter is the least possible: delays are the minimum's doubles, clamped ones half of the maximum.
  private func retries(minBackoff: Duration = .seconds(15), maxBackoff: Duration = Retries.longestBackoff) -> Retries {
    Retries(
      maxRetries: .unlimited, minBackoff: minBackoff, maxBackoff: maxBackoff, retryWhen: nil,
      log: .captured(LogCapture())
    ) { backoff, retries in
      var generator = ConstantGenerator(value: 0)
      return backoff.delay(retries: retries, using: &generator)
    }
  }

  private func delay(
    _ options: [(String, String)] = [], actor: ActorOptions = ActorOptions(), retries middleware: Retries? = nil,
    error: any Error = Broken()
  ) async -> Duration? {
    await process(.sample(options: options), through: [middleware ?? retries()], actor: actor) { _ in throw error }
      .outcome.delay
  }

  @Test func `message, actor, middleware: the first that says something counts`() async {
    let actor = ActorOptions(minBackoff: .seconds(2), maxBackoff: .seconds(600))
    #expect(await delay() == .seconds(15))
    #expect(await delay(retries: retries(minBackoff: .seconds(1))) == .seconds(1))
    #expect(await delay(actor: actor) == .seconds(2))
    #expect(await delay([("min_backoff", "100")], actor: actor) == .milliseconds(100))
    #expect(await delay([("min_backoff", "0")], actor: actor) == .zero)
    #expect(await delay([("max_backoff", "1000")], actor: actor) == .milliseconds(500))
    #expect(await delay([("max_backoff", "0")], actor: actor) == .zero)
    #expect(await delay([("max_backoff", "false")], actor: actor) == .zero)
  }

  @Test func `ten retries without back-off wait not at all`() async {
    for retries in 0..<10 {
      let soFar = ("retries", "\(retries)")
      #expect(await delay([soFar], actor: ActorOptions(minBackoff: .zero)) == .zero)
      #expect(await delay([soFar], actor: ActorOptions(maxBackoff: .zero)) == .zero)
      #expect(await delay([soFar, ("min_backoff", "0")]) == .zero)
      #expect(await delay([soFar, ("max_backoff", "0")]) == .zero)
    }
  }

  @Test func `the delay doubles until the cap and is never above seven days`() async {
    for retries in 0..<15 {
      let expected = Duration.seconds(15) * (1 << retries)
      #expect(await delay([("retries", "\(retries)")]) == expected)
    }
    let long = ActorOptions(minBackoff: .seconds(1), maxBackoff: .seconds(1_000_000_000))
    #expect(await delay([("retries", "30")], actor: long) == .seconds(302_400))
    #expect(await delay([("retries", "30"), ("max_backoff", "1e300")]) == .seconds(302_400))
    #expect(await delay([("retries", "30"), ("max_backoff", "Infinity")]) == .seconds(302_400))
  }

  @Test func `real jitter stays in its bounds`() async throws {
    for _ in 0..<200 {
      let (outcome, _) = await process(through: .silent) { _ in throw Broken() }
      let delay = try #require(outcome.delay)
      #expect(delay >= .seconds(15) && delay < .seconds(30))
    }
  }

  @Test func `a Retry error brings its own delay`() async {
    #expect(await delay(error: Retry("busy", delay: .milliseconds(100))) == .milliseconds(100))
    #expect(await delay(error: Retry("busy", delay: .seconds(-1))) == .zero)
    #expect(await delay(error: Retry("busy")) == .seconds(15))
    let limited = ActorOptions(maxRetries: 0)
    let (outcome, _) = await process(through: .silent, actor: limited) { _ in throw Retry("busy") }
    #expect(outcome.summary == "dead max_retries")
  }
}
