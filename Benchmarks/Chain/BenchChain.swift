public import Actors
import ArgumentParser
import BenchClock
public import BenchMessages
import Logging
import Middleware

/// What a worker costs without a broker, in nanoseconds of processor time a message: with an empty chain, with the standard
/// one, with `GraphDriver` behind that, and what of that is decoding. Prints one JSON line.
@main
struct BenchChain: AsyncParsableCommand {
  @Option(help: "Messages of one pass.")
  var n = 200_000

  @Option(help: "Passes over each chain, taken in turn.")
  var passes = 7

  @Option(help: "Slots and threads of the worker; with one of each, waiting for locks is not counted.")
  var concurrency = 1

  func run() async throws {
    let message = try Noop(1).message()
    _ = try await pass(.standard, message)
    var empty: [Double] = []
    var standard: [Double] = []
    var graph: [Double] = []
    // The graph of BOLT_URL is looked at every five seconds, and by no message.
    let withGraph = .standard + [GraphDriver(lazy: true)] as MiddlewareStack
    for _ in 0..<passes {
      empty.append(try await pass([], message))
      standard.append(try await pass(.standard, message))
      graph.append(try await pass(withGraph, message))
    }
    let difference = median(zip(standard, empty).map { $0 - $1 })
    let injection = median(zip(graph, standard).map { $0 - $1 })
    let decode = try nanoseconds { try decodeAll(message) }
    let encode = try nanoseconds { try encodeAll(message) }
    print(
      #"{"empty_ns": \#(median(empty)), "standard_ns": \#(median(standard)), "chain_ns": \#(difference), "#
        + #""injection_ns": \#(injection), "decode_ns": \#(decode), "encode_ns": \#(encode)}"#)
  }

  /// One worker over `n` messages; nanoseconds of processor time a message.
  private func pass(_ middleware: MiddlewareStack, _ message: Message) async throws -> Double {
    let (times, done) = AsyncStream<Double>.makeStream()
    let broker = ReplayBroker(message, times: n) { done.yield($0) }
    var system = ActorSystem(middleware: middleware)
    system.broker = .instance(broker)
    system.register(Noop.self)
    let worker = Worker(
      system: system, configuration: WorkerConfiguration(concurrency: concurrency, threads: concurrency, prefetch: 160),
      logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    let running = Task { try await worker.run() }
    let cpu = await times.first { _ in true } ?? .nan
    worker.stop()
    try await running.value
    return cpu / Double(n) * 1e9
  }

  private func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
    median(
      try (0..<passes).map { _ in
        let stopwatch = Stopwatch()
        try body()
        return stopwatch.cpu / Double(n) * 1e9
      })
  }

  private func decodeAll(_ message: Message) throws {
    let body = message.encoded()
    var bytes = 0
    for _ in 0..<n { bytes += try Message(decoding: body).id.utf8.count }
    precondition(bytes == n * message.id.utf8.count)
  }

  private func encodeAll(_ message: Message) throws {
    let size = message.encoded().count
    var bytes = 0
    for _ in 0..<n { bytes += message.encoded().count }
    precondition(bytes == n * size)
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

extension Noop: MessageActor {
  /// Does nothing.
  public func perform(in context: MessageContext) async throws {}
}
