import Actors
import Logging
import Middleware
import TestSupport
import Testing

/// Options come from whoever can publish: no value may end the process, and none of a wrong type may mean anything.
@Suite struct HostileOptionsTests {
  static let names = [
    "max_age", "time_limit", "notify_shutdown", "on_success", "on_failure", "on_retry_exhausted", "pipe_ignore",
    "pipe_target", "max_retries", "min_backoff", "max_backoff", "retries", "traceback", "requeue_timestamp", "delay",
    "throws", "retry_when",
  ]
  static let values = [
    "null", "true", "false", "0", "-0", "-1", "1", "1.5", "-1e-300", "1e300", "1e400", "-1e400", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "1180591620717411303424", "NaN", "Infinity",
    "-Infinity", "\"\"", "\"1\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "[1]", "{}", "{\"a\":1}",
  ]

  @Test(arguments: names, values)
  func `no value of any option ends the process`(name: String, value: String) async {
    for extra in [[], [("retries", "9223372036854775807")], [("max_retries", "null"), ("retries", "40")]] {
      let message = Message.sample(options: [(name, value)] + extra.filter { $0.0 != name })
      _ = await process(message, through: .silent, run: RecordingRun())
      let (outcome, context) = await process(message, through: .silent, run: RecordingRun()) { _ in throw Broken() }
      if let delay = outcome.delay {
        #expect(delay >= .zero && delay <= Retries.longestBackoff)
        #expect(context.message.options.integer("retries") ?? -1 >= 1)
      }
      #expect(context.attempt >= 1)
    }
  }

  @Test(arguments: ["\"1\"", "[1]", "{\"a\":1}", "NaN"])
  func `a number of a wrong type counts as absent, with one warning`(value: String) async {
    let capture = LogCapture()
    let log = MiddlewareLog.captured(capture)
    let age = await process(
      .sample(options: [("max_age", value)], timestamp: 0), through: [AgeLimit(maxAge: nil, log: log)])
    #expect(age.outcome.summary == "done")
    #expect(capture.lines.count == 1)

    let run = RecordingRun()
    let limit = TimeLimit(timeLimit: .seconds(3), grace: .zero, hardLimit: .zero, log: log)
    _ = await process(.sample(options: [("time_limit", value)]), through: [limit], run: run)
    #expect(run.armed == [.seconds(3)])
    #expect(capture.lines.count == 2)

    let retries = Retries(
      maxRetries: 0, minBackoff: .zero, maxBackoff: .zero, retryWhen: nil, log: log
    ) { _, _ in .zero }
    let retry = await process(.sample(options: [("max_retries", value)]), through: [retries]) { _ in throw Broken() }
    #expect(retry.outcome.summary == "dead max_retries")
    #expect(capture.lines(containing: "max_retries is ignored").count == 1)
    #expect(capture.lines.allSatisfy { $0.level == .warning })
  }

  @Test(arguments: ["1", "true", "[1]", "{\"a\":1}"])
  func `an actor's name of a wrong type counts as absent, with one warning`(value: String) async {
    let capture = LogCapture()
    let message = Message.sample(options: [("on_success", value)])
    let actor = ActorOptions(onSuccess: "mine")
    let (_, context) = await process(message, through: [Callbacks(log: .captured(capture))], actor: actor)
    #expect(context.followUps.map(\.message.actorName) == ["mine"])
    #expect(capture.lines.map(\.message).count == 1)
    #expect(capture.text.contains("option on_success is ignored: expected a string"))
  }

  @Test(arguments: ["-1", "1.5", "\"3\"", "null", "9223372036854775808", "NaN"])
  func `a count of retries that is none counts as zero`(value: String) async {
    let (outcome, context) = await process(.sample(options: [("retries", value)]), through: .silent) { _ in
      throw Broken()
    }
    #expect(outcome.summary == "retry Broken")
    #expect(context.message.options["retries"]?.text == "1")
    #expect(context.attempt == 1)
  }

  @Test func `the greatest count of retries stays`() async {
    let options = [("retries", "9223372036854775807"), ("max_retries", "null")]
    let (outcome, context) = await process(.sample(options: options), through: .silent) { _ in throw Broken() }
    #expect(outcome.summary == "retry Broken")
    #expect(context.message.options["retries"]?.text == "9223372036854775807")
    #expect(context.attempt == .max)
  }

  @Test(arguments: [
    ("-1", Duration.zero), ("-Infinity", .zero), ("0.5", .microseconds(500)), ("true", .milliseconds(1)),
  ])
  func `a strange time limit still is one`(value: String, limit: Duration) async {
    let run = RecordingRun()
    _ = await process(.sample(options: [("time_limit", value)]), through: [TimeLimit()], run: run)
    #expect(run.armed == [limit])
  }

  @Test(arguments: ["1e400", "Infinity", "1e300", "1180591620717411303424"])
  func `a time limit beyond all measure is none`(value: String) async {
    let run = RecordingRun()
    _ = await process(.sample(options: [("time_limit", value)]), through: [TimeLimit()], run: run)
    #expect(run.armed.isEmpty)
  }

  @Test func `the content of a bad option is not logged`() async {
    let capture = LogCapture()
    let message = Message.sample(options: [("max_age", "\"hunter2\"")])
    _ = await process(message, through: [AgeLimit(maxAge: nil, log: .captured(capture))])
    #expect(capture.lines.count == 1)
    #expect(!capture.text.contains("hunter2"))
  }
}
