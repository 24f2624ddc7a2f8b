public import Actors
public import BenchMessages
import BenchProbe
import BoltDriver
import Glibc
import Middleware

/// A worker whose tasks ask the graph of `BOLT_URL`: each with the driver that the process shares, or, with
/// `BENCH_DRIVER=fresh`, with a driver of its own.
@main
struct BenchGraphWorker: WorkerApplication {
  /// A driver's settings, when every message makes one of its own.
  static let fresh: Result<DriverConfiguration, any Error>? = {
    guard getenv("BENCH_DRIVER").map({ String(cString: $0) }) == "fresh" else { return nil }
    var environment: [String: String] = [:]
    for name in ["BOLT_URL", "BOLT_USER", "BOLT_PASSWORD", "BOLT_DATABASE", "BOLT_CA_FILE"] {
      environment[name] = getenv(name).map { String(cString: $0) }
    }
    return Result { try DriverConfiguration(environment: environment) }
  }()

  static func configure(_ system: inout ActorSystem) throws {
    system.middleware = try fresh?.get() == nil ? .standard + [GraphDriver()] : .standard
    system.register(Ask.self)
  }
}

extension Ask: MessageActor {
  private struct WrongAnswer: Error {
    let expected: Int
    let got: Int
  }

  /// Asks, looks at the answer, and reports.
  public func perform(in context: MessageContext) async throws {
    if let configuration = try BenchGraphWorker.fresh?.get() {
      let driver = try Driver(configuration)
      do { try await ask(driver) } catch {
        await driver.close()
        throw error
      }
      await driver.close()
    } else {
      try await ask(try context.graph)
    }
    Probe.hit()
  }

  private func ask(_ driver: Driver) async throws {
    let answer = try await driver.withSession { session in
      try await session.run("RETURN \(index) AS x").single().get("x", as: Int.self)
    }
    guard answer == index else { throw WrongAnswer(expected: index, got: answer) }
  }
}
