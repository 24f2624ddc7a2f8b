import Testing

@testable import BoltDriver

@Suite struct BoltErrorTests {
  @Test func anErrorIsOneBoundedLineWhateverTheServerSays() {
    let text = "no\nsuch\r\nword\u{85}\u{2028}\u{1B}[31m" + String(repeating: "x", count: 1_000_000)
    let error = BoltError(ServerFailure(code: "Neo.ClientError\n.X.Y", message: text), address: "graph:7687")
    #expect(error.message == text, "what the server said is there for who asks")
    let line = error.description
    #expect(line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0 != "\u{2028}" })
    #expect(line.hasPrefix("Neo.ClientError .X.Y: no such  word"))
    #expect(line.hasSuffix("x… (server graph:7687)"))
    #expect(line.utf8.count < 10_000)
  }

  @Test func codesThatGrowAreNotKept() {
    let counters = TransactionCounters()
    for number in 0..<10 {
      let code = String(repeating: "c", count: 100_000) + "\(number)"
      counters.countRetry(after: BoltError(ServerFailure(code: code, message: "x")))
    }
    #expect(counters.metrics.retries == ["other": 10])
  }
}
