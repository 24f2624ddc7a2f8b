import Actors
import ArgumentParser
import Foundation
import Testing

@testable import actorctl

@Suite("Command lines")
struct CommandLineTests {
  private func code(_ arguments: String...) -> Int32 {
    do {
      _ = try Actorctl.parseAsRoot(arguments)
      return 0
    } catch { return Actorctl.exitCode(for: error).rawValue }
  }

  @Test func `what makes sense is accepted`() {
    #expect(code("worker", "App", "-p", "2", "-c", "32", "--drain-timeout", "1h30m", "--max-rss", "512M") == 0)
    #expect(code("send", "greet", "--arg", "-5", "--kwarg", "a=1", "--delay", "5m") == 0)
    #expect(code("send", "--json", "-") == 0)
    #expect(code("queues", "ls", "a", "b.XQ", "-o", "json") == 0)
    #expect(code("dead", "ls", "a", "--filter", "reason:crashed") == 0)
    #expect(code("dead", "requeue", "a", "7c1d", "--reset-retries", "--yes") == 0)
  }

  @Test(arguments: [
    ["nonsense"], ["worker"], ["worker", "App", "-p", "0"], ["worker", "App", "--drain-timeout", "soon"],
    ["worker", "App", "--concurrency", "0"], ["send"], ["send", "a", "--json", "-", "--arg", "1"],
    ["send", "a", "--delay", "-5m"], ["send", "a", "--queue", "no/queue"], ["queues", "ls"],
    ["queues", "ls", "no queue"], ["dead", "ls"], ["dead", "ls", "a", "--limit", "0"],
    ["dead", "ls", "a", "-o", "xml"],
    ["dead", "rm"], ["queues", "ls", "a", "--broker-url", "x", "--broker-url-file", "y"],
  ])
  func `what does not is a usage error`(arguments: [String]) {
    do {
      _ = try Actorctl.parseAsRoot(arguments)
      Issue.record("accepted: \(arguments)")
    } catch { #expect(Actorctl.exitCode(for: error).rawValue == 64) }
  }

  @Test func `workers get the flags of the fleet, each with its unit`() throws {
    let command = try WorkerCommand.parse([
      "App", "-c", "32", "-t", "4", "-Q", "a,b", "--prefetch", "50", "--drain-timeout", "90s", "--max-tasks", "1000",
      "--max-rss", "1G", "--connect-timeout", "5s", "--log-level", "debug",
    ])
    #expect(
      command.workerArguments(stateDirectory: "/s") == [
        "worker", "--supervised", "--state-dir", "/s", "--concurrency", "32", "--drain-timeout", "90000ms",
        "--log-level", "debug", "--threads", "4", "--queues", "a,b", "--prefetch", "50", "--max-tasks", "1000",
        "--max-rss", "1073741824", "--connect-timeout", "5000ms",
      ])
    _ = try WorkerOptions.parse(Array(command.workerArguments(stateDirectory: "/s").dropFirst()) + ["--slot", "3"])
  }

  private func failure(_ command: any ConsoleCommand, _ console: CapturedConsole) async -> CommandFailure? {
    do { try await command.run(console.console) } catch { return error as? CommandFailure }
    return nil
  }

  @Test func `bad data is found before anybody is connected to`() async throws {
    let console = CapturedConsole(environment: ["AMQP_URL": "amqp://127.0.0.1:1"])
    #expect(await failure(try SendCommand.parse(["greet", "--arg", "Ada"]), console)?.code == .data)
    #expect(await failure(try DeadListCommand.parse(["q", "--filter", "colour:red"]), console)?.code == .usage)
    #expect(await failure(try DeadRemoveCommand.parse(["q", "a", "--all"]), console)?.code == .usage)
    #expect(await failure(try SendCommand.parse(["--json", "/no/such/file"]), console)?.code == .notFound)
    #expect(console.output.isEmpty)
  }

  @Test func `a broker that is not there is 69, one that cannot be understood is 78`() async throws {
    let absent = CapturedConsole(environment: ["AMQP_URL": "amqp://127.0.0.1:1"])
    #expect(await failure(try QueuesListCommand.parse(["q"]), absent)?.code == .unavailable)
    #expect(await failure(try SendCommand.parse(["greet"]), absent)?.code == .unavailable)
    let wrong = CapturedConsole(environment: ["AMQP_URL": "http://x"])
    #expect(await failure(try QueuesListCommand.parse(["q"]), wrong)?.code == .configuration)
  }

  @Test func `a worker that is not there is 66, one that cannot be run is 77`() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("text", to: "plain")
    #expect(await failure(try WorkerCommand.parse(["/no/such"]), CapturedConsole())?.code == .notFound)
    #expect(await failure(try WorkerCommand.parse([file]), CapturedConsole())?.code == .permission)
    #expect(await failure(try WorkerCommand.parse(["Product"]), CapturedConsole())?.code == .notFound)
  }

  @Test func `the URL file takes the place of the environment, and must be private`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("amqp://file@127.0.0.1:5/\n", to: "url")
    let console = CapturedConsole(environment: ["AMQP_URL": "amqp://env@127.0.0.1:6/"])
    let options = try BrokerOptions.parse(["--broker-url-file", path])
    let configuration = try options.configuration(console.console)
    #expect("\(configuration.urls)".contains("127.0.0.1:5"))
    #expect(console.error.contains("can be read by others"))
  }

  @Test func `a worker describes its queues`() throws {
    let json = #"{"schema":"troupe.describe/1","actors":[],"queues":[{"name":"a"},{"name":"b"},{"name":"not ok"}]}"#
    #expect(try WorkerDescription(json: Array(json.utf8), executable: "x").queueNames == ["a", "b"])
    #expect(throws: CommandFailure.self) { try WorkerDescription(json: Array("hello".utf8), executable: "x") }
  }
}
