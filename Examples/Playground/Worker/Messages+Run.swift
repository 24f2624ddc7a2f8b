import Actors
import Glibc
import PlaygroundMessages

extension Noop: JournalledActor {
  var arguments: [JSONValue] { [] }
  func run(in context: MessageContext) async throws {}
}

extension Echo: JournalledActor {
  var arguments: [JSONValue] { [value] }
  func run(in context: MessageContext) async throws -> JSONValue { value }
}

extension Add: JournalledActor {
  var arguments: [JSONValue] { [.init(a), .init(b)] }

  func run(in context: MessageContext) async throws -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    if overflow { throw Overflow(a: a, b: b) }
    return sum
  }
}

/// The sum of two numbers does not fit 64 bits.
struct Overflow: Error {
  var a: Int
  var b: Int
}

extension Sleep: JournalledActor {
  var arguments: [JSONValue] { [.init(ms)] }
  func run(in context: MessageContext) async throws { try await Task.sleep(for: .milliseconds(ms)) }
}

extension Block: JournalledActor {
  var arguments: [JSONValue] { [.init(ms)] }

  func run(in context: MessageContext) async throws {
    var left = timespec(tv_sec: max(0, ms) / 1_000, tv_nsec: max(0, ms) % 1_000 * 1_000_000)
    while nanosleep(&left, &left) != 0 && errno == EINTR {}
  }
}

extension Spin: JournalledActor {
  var arguments: [JSONValue] { [.init(ms)] }

  func run(in context: MessageContext) async throws {
    let end = ContinuousClock.now + .milliseconds(ms)
    while ContinuousClock.now < end {}
  }
}

extension Fail: JournalledActor {
  var arguments: [JSONValue] { [.init(times)] }

  func run(in context: MessageContext) async throws {
    if context.attempt <= times { throw Failure(attempt: context.attempt, times: times) }
  }
}

/// What `fail` throws.
struct Failure: Error, CustomStringConvertible {
  var attempt: Int
  var times: Int
  var description: String { "Failure: attempt \(attempt) of the \(times) that fail" }
}

extension Crash: JournalledActor {
  var arguments: [JSONValue] { [.init(times)] }

  func run(in context: MessageContext) async throws {
    let delivery = try DeliveryCount.increment(for: context.deliveredMessage.id)
    if delivery <= times { fatalError("crash: delivery \(delivery) of the \(times) that trap") }
  }
}
