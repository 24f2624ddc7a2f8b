import ArgumentParser
import Testing

@testable import Actors

@Suite("Durations, sizes and flags as people write them")
struct TextFormTests {
  @Test(
    "Durations",
    arguments: [
      ("25s", 25_000), ("500ms", 500), ("5m", 300_000), ("1h30m", 5_400_000), ("2d", 172_800_000), ("0", 0), ("0s", 0),
    ] as [(String, Int64)])
  func durations(text: String, milliseconds: Int64) {
    #expect(DurationText.parse(text) == .milliseconds(milliseconds))
  }

  @Test(
    "What is no duration",
    arguments: ["", "5", "s", "-5s", "5 s", "1.5s", "5w", "9223372036854775807d", "99999999999999999999s", "٣s", "5sm"])
  func noDurations(text: String) { #expect(DurationText.parse(text) == nil) }

  @Test("Durations are written with their two largest units")
  func formatting() {
    #expect(DurationText.format(.seconds(25)) == "25s")
    #expect(DurationText.format(.milliseconds(5_400_250)) == "1h30m")
    #expect(DurationText.format(.milliseconds(250)) == "250ms")
    #expect(DurationText.format(.zero) == "0s")
  }

  @Test("Sizes", arguments: [("512M", 512 << 20), ("2G", 2 << 30), ("64k", 64 << 10), ("12345", 12_345)])
  func sizes(text: String, bytes: Int) { #expect(ByteSizeText.parse(text) == bytes) }

  @Test("What is no size", arguments: ["", "M", "-1", "1.5G", "99999999999G", "5X", "５"])
  func noSizes(text: String) { #expect(ByteSizeText.parse(text) == nil) }

  @Test("Flags become the configuration")
  func flags() throws {
    let options = try WorkerOptions.parse([
      "--concurrency", "7", "--threads", "3", "--queues", "a,b", "--prefetch", "9", "--drain-timeout", "1m",
      "--max-tasks", "100", "--max-rss", "512M", "--state-dir", "/nowhere", "--slot", "2", "--supervised",
      "--connect-timeout", "3s", "--log-level", "DEBUG", "--health", ":0",
    ])
    let configuration = options.configuration
    #expect(configuration.concurrency == 7)
    #expect(configuration.threads == 3)
    #expect(configuration.queues == ["a", "b"])
    #expect(configuration.effectivePrefetch == 9)
    #expect(configuration.drainTimeout == .seconds(60))
    #expect(configuration.maxTasks == 100)
    #expect(configuration.maxRSS == 512 << 20)
    #expect(configuration.stateDirectory == "/nowhere")
    #expect(configuration.slot == 2)
    #expect(configuration.isSupervised)
    #expect(configuration.connectTimeout == .seconds(3))
    #expect(options.logLevel == .debug)
    #expect(options.health == ":0")
  }

  @Test("The default prefetch is twice the slots, and at least eight more than those")
  func prefetch() throws {
    #expect(try WorkerOptions.parse([]).configuration.effectivePrefetch == 256)
    #expect(WorkerConfiguration(concurrency: 1).effectivePrefetch == 9)
  }

  @Test(
    "Nonsense is refused",
    arguments: [
      ["--concurrency", "0"], ["--threads", "0"], ["--queues", "a,,b"], ["--queues", "9"], ["--prefetch", "70000"],
      ["--drain-timeout", "soon"], ["--max-rss", "much"], ["--log-level", "loud"], ["--slot", "-1"],
    ])
  func nonsense(arguments: [String]) { #expect(throws: (any Error).self) { try WorkerOptions.parse(arguments) } }
}
