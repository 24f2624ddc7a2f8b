import BenchClock
import BoltDriver

/// The measurements of large results and of batches.
enum ResultMeasures {
  /// Fewer rows came, or other ones.
  struct WrongResult: Error {
    let expected: String
    let got: String
  }

  /// A node of the benchmark.
  struct BenchNode: Decodable {
    let id: Int
    let name: String
    let score: Double
    let flag: Bool
  }

  /// One result of `n` rows of an integer, a text and a float, read one after the other.
  static func rows(_ driver: Driver, _ n: Int, _ stopwatches: Stopwatches) async throws -> Figures {
    try await readRows(driver, 5000)
    let memory = try ResidentMemory()
    let elapsed = try await stopwatches.measure { try await readRows(driver, n) }
    return Figures(count: n, elapsed: elapsed, growth: try memory.growth)
  }

  /// One result of all nodes with the label `BenchNode`, each read into a struct.
  static func nodes(_ driver: Driver, _ stopwatches: Stopwatches) async throws -> Figures {
    let count =
      try await driver.executeQuery("MATCH (n:BenchNode) RETURN count(n) AS n", accessMode: .read)
      .records.first?.get("n", as: Int.self) ?? 0
    try await readNodes(driver, "MATCH (n:BenchNode) RETURN n LIMIT 5000", 5000)
    let elapsed = try await stopwatches.measure {
      try await readNodes(driver, "MATCH (n:BenchNode) RETURN n", count)
    }
    return Figures(count: count, elapsed: elapsed)
  }

  /// `n` nodes, created in managed transactions of `batch` each; what is sent is made in between.
  static func write(_ driver: Driver, _ n: Int, batch: Int, _ stopwatches: Stopwatches) async throws -> Figures {
    try await driver.executeQuery("MATCH (n:BenchWrite) DELETE n")
    try await create(driver, 0..<batch)
    try await driver.executeQuery("MATCH (n:BenchWrite) DELETE n")
    let elapsed = try await stopwatches.measure {
      for start in stride(from: 0, to: n, by: batch) { try await create(driver, start..<min(start + batch, n)) }
    }
    try await driver.executeQuery("MATCH (n:BenchWrite) DELETE n")
    return Figures(count: n, elapsed: elapsed)
  }

  // MARK: - Parts

  private static func readRows(_ driver: Driver, _ n: Int) async throws {
    let query = Query(
      "UNWIND range(1, $n) AS i RETURN i, toString(i) AS s, i * 0.5 AS f", parameters: ["n": .int(Int64(n))])
    try await driver.withSession { session in
      var (rows, sum, length, total) = (0, 0, 0, 0.0)
      for try await record in try await session.run(query) {
        let (number, text, half) = try record.decode(Int.self, String.self, Double.self)
        rows += 1
        sum += number
        length += text.utf8.count
        total += half
      }
      try expect("\(n) rows, sum \(n * (n + 1) / 2)", "\(rows) rows, sum \(sum)")
      try expect("\(Double(sum) / 2)", "\(total)")
      guard length >= n else { throw WrongResult(expected: "\(n) characters", got: "\(length)") }
    }
  }

  private static func readNodes(_ driver: Driver, _ query: Query, _ n: Int) async throws {
    try await driver.withSession { session in
      var (nodes, flags, sum, total, length) = (0, 0, 0, 0.0, 0)
      for try await node in try await session.run(query).decode(BenchNode.self) {
        nodes += 1
        if node.flag { flags += 1 }
        sum += node.id
        total += node.score
        length += node.name.utf8.count
      }
      try expect("\(n) nodes, score \(Double(sum) / 4)", "\(nodes) nodes, score \(total)")
      guard length == n * 13, flags > 0 else { throw WrongResult(expected: "\(n * 13) letters", got: "\(length)") }
    }
  }

  private static func create(_ driver: Driver, _ numbers: Range<Int>) async throws {
    let rows = numbers.map { number -> BoltValue in
      let digits = String(number)
      let name = "name-" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
      return [
        "id": .int(Int64(number)), "name": .string(name), "score": .float(Double(number) * 0.25),
        "flag": .bool(number % 2 == 0),
      ]
    }
    let query = Query(
      "UNWIND $rows AS r CREATE (:BenchWrite {id: r.id, name: r.name, score: r.score, flag: r.flag})",
      parameters: ["rows": .list(rows)])
    let created = try await driver.executeWrite { transaction in
      try await transaction.run(query).consume().counters.nodesCreated
    }
    try expect("\(numbers.count) created", "\(created) created")
  }

  private static func expect(_ expected: String, _ got: String) throws {
    guard expected == got else { throw WrongResult(expected: expected, got: got) }
  }
}
