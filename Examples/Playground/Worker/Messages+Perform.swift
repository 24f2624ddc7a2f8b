package import Actors
import Glibc
package import PlaygroundMessages

extension Noop: MessageActor {
  package func perform(in context: MessageContext) async throws { try await journalled(in: context) {} }
}

extension Echo: MessageActor {
  package func perform(in context: MessageContext) async throws -> JSONValue {
    try await journalled(value, in: context) { value }
  }
}

extension Add: MessageActor {
  package func perform(in context: MessageContext) async throws -> Int {
    try await journalled(.integer(a), .integer(b), in: context) {
      let (sum, overflow) = a.addingReportingOverflow(b)
      if overflow { throw PlaygroundError("the sum of \(a) and \(b) does not fit 64 bits") }
      return sum
    }
  }
}

extension Sleep: MessageActor {
  package func perform(in context: MessageContext) async throws {
    try await journalled(.integer(ms), in: context) { try await Task.sleep(for: .milliseconds(bounded(ms))) }
  }
}

extension Block: MessageActor {
  package func perform(in context: MessageContext) async throws {
    try await journalled(.integer(ms), in: context) {
      var left = timespec(tv_sec: bounded(ms) / 1_000, tv_nsec: bounded(ms) % 1_000 * 1_000_000)
      var rest = timespec()
      while nanosleep(&left, &rest) != 0 && errno == EINTR { left = rest }
    }
  }
}

extension Spin: MessageActor {
  package func perform(in context: MessageContext) async throws {
    try await journalled(.integer(ms), in: context) {
      let end = ContinuousClock.now + .milliseconds(bounded(ms))
      while ContinuousClock.now < end {}
    }
  }
}

extension Fail: MessageActor {
  package func perform(in context: MessageContext) async throws {
    try await journalled(.integer(times), in: context) {
      if context.attempt <= times { throw PlaygroundError("attempt \(context.attempt) of the \(times) that fail") }
    }
  }
}

extension Crash: MessageActor {
  package func perform(in context: MessageContext) async throws {
    try await journalled(.integer(times), in: context) {
      let delivery = try DeliveryCount.increment(for: context.deliveredMessage.id)
      if delivery <= times { fatalError("delivery \(delivery) of the \(times) that trap") }
    }
  }
}

/// A time that no clock arithmetic overflows with: at most a day.
private func bounded(_ ms: Int) -> Int { min(max(0, ms), 86_400_000) }
