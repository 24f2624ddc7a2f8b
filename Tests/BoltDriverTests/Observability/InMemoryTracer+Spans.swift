import InMemoryTracing
import Testing
import Tracing

@testable import BoltDriver

extension InMemoryTracer {
  /// The one finished span of this name.
  func span(_ name: String) throws -> FinishedInMemorySpan {
    let found = finishedSpans.filter { $0.operationName == name }
    #expect(found.count == 1, "\(finishedSpans.map(\.operationName))")
    return try #require(found.first)
  }

  /// The names of the finished spans, in the order in which they ended.
  var names: [String] { finishedSpans.map(\.operationName) }
}

extension FinishedInMemorySpan {
  /// Its attributes as text.
  var values: [String: String] {
    var values: [String: String] = [:]
    attributes.forEach { name, value in
      switch value {
      case .string(let text): values[name] = text
      case .int32(let number): values[name] = "\(number)"
      case .int64(let number): values[name] = "\(number)"
      default: values[name] = "\(value)"
      }
    }
    return values
  }
}
