import Testing

@testable import BoltDriver

/// How long a result lives, and what it says afterwards.
@Suite struct ResultLifeTests {
  /// A server of which each query has more records than anybody asks for, numbered on.
  private func endless() async throws -> ScriptedServer {
    let source = RecordSource(1_000_000)
    let queries = RecordSource(1000)
    return try await ScriptedServer.start { request in
      switch request.kind {
      case .run:
        return [.success(["fields": ["x"], "qid": .int(Int64(queries.take(1).lowerBound))])]
      case .pull:
        guard case .map(let extra)? = request.fields.first, case .int(let n)? = extra["n"] else { return nil }
        return source.take(n).map { .record([.int(Int64($0))]) } + [.success(["has_more": true])]
      case .discard: return [.success(["type": "r", "bookmark": "b"])]
      default: return nil
      }
    }
  }

  @Test func everyReaderGoesOnWhereTheLastStopped() async throws {
    let server = try await endless()
    let driver = try server.driver { $0.fetchSize = 4 }
    try await driver.withSession { session in
      let result = try await session.run("MATCH")
      var seen: [Int] = []
      for try await record in result {
        seen.append(try record.get("x"))
        break
      }
      var iterator = result.makeAsyncIterator()
      let others = [
        try await result.peek(), try await result.next(), try await iterator.next(), try await iterator.peek(),
      ]
      for record in others { seen.append(try #require(record).get("x")) }
      #expect(seen == [0, 1, 1, 2, 3])
      #expect(server.requests(.pull).count == 1)
    }
    await driver.close()
  }

  @Test func aSummaryIsToldAgainAndAgainButNoRecord() async throws {
    let server = try await endless()
    let driver = try server.driver { $0.fetchSize = 2 }
    let session = driver.session()
    let result = try await session.run("MATCH \(7)")
    var iterator = result.makeAsyncIterator()
    _ = try await iterator.next()
    for _ in 0..<2 { #expect(try await result.consume().queryType == .read) }
    // Not even what the reader had already taken.
    let consumed = await #expect(throws: BoltError.self) { try await iterator.next() }
    #expect(consumed?.code == .resultConsumed)
    let peeked = await #expect(throws: BoltError.self) { try await result.peek() }
    #expect(peeked?.code == .resultConsumed)
    try await session.close()
    await driver.close()
    let summary = try await result.consume()
    #expect(summary.query == Query("MATCH $p0", parameters: ["p0": 7]))
    #expect(server.requests(.discard).count == 1)
  }

  @Test func aResultEndsWithItsTransaction() async throws {
    let server = try await endless()
    let driver = try server.driver { $0.fetchSize = 2 }
    try await driver.withSession { session in
      for isConsumed in [false, true] {
        let transaction = try await session.beginTransaction()
        let result = try await transaction.run("MATCH")
        var iterator = result.makeAsyncIterator()
        _ = try await iterator.next()
        if isConsumed { try await result.consume() }
        try await transaction.commit()
        let error = await #expect(throws: BoltError.self) { try await iterator.next() }
        #expect(error?.code == .resultConsumed)
        #expect(error?.message.contains("transaction is closed") == true)
        #expect(try await result.consume().queryType == .read)
      }
    }
    await driver.close()
  }

  @Test func aQueryThatFailsTakesTheOtherResultsOfItsTransactionAlong() async throws {
    let server = try await ScriptedServer.start { request in
      switch request.kind {
      case .run where request.fields.first == "bad": [.failure("Neo.TransientError.Made.Up")]
      case .run: [.success(["fields": ["x"]])]
      case .pull: [.record([1]), .success(["has_more": true])]
      default: nil
      }
    }
    let driver = try server.driver { $0.fetchSize = 1 }
    try await driver.withSession { session in
      let transaction = try await session.beginTransaction()
      let result = try await transaction.run("good")
      await #expect(throws: BoltError.self) { try await transaction.run("bad") }
      // What had come can still be read.
      #expect(try await result.next()?["x"] == 1)
      for act in [{ _ = try await result.next() }, { try await result.consume() }] as [() async throws -> Void] {
        let error = await #expect(throws: BoltError.self) { try await act() }
        #expect(error?.code == .resultFailed)
        #expect((error?.underlying as? BoltError)?.code.rawValue == "Neo.TransientError.Made.Up")
        #expect(error?.isRetryable == true)
      }
      for act in [{ try await transaction.commit() }, { _ = try await transaction.run("more") }]
        as [() async throws -> Void]
      {
        let error = await #expect(throws: BoltError.self) { try await act() }
        #expect(error?.code == .transactionTerminated)
        #expect(error?.isRetryable == true)
      }
      try await transaction.rollback()
      try await transaction.close()
    }
    #expect(server.requests(.pull).count == 2, "nothing was asked for after the failure")
    #expect(server.requests(.commit).isEmpty && server.requests(.rollback).isEmpty)
    await driver.close()
  }

  @Test func aFailureAmongTheRecordsEndsTheTransaction() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .pull ? [.record([1]), .failure("Neo.ClientError.Made.Up")] : nil
    }
    let driver = try server.driver()
    try await driver.withSession { session in
      let transaction = try await session.beginTransaction()
      let result = try await transaction.run("MATCH")
      #expect(try await result.next()?["x"] == 1)
      for _ in 0..<2 {
        let error = await #expect(throws: BoltError.self) { try await result.next() }
        #expect(error?.code.rawValue == "Neo.ClientError.Made.Up")
      }
      let error = await #expect(throws: BoltError.self) { try await transaction.run("more") }
      #expect(error?.code == .transactionTerminated)
      try await transaction.rollback()
    }
    #expect(server.requests(.run).count == 1 && server.requests(.rollback).isEmpty)
    await driver.close()
  }

  @Test func onlyAnOlderQueryIsNamed() async throws {
    let server = try await endless()
    let driver = try server.driver { $0.fetchSize = 1 }
    try await driver.withSession { session in
      let transaction = try await session.beginTransaction()
      let first = try await transaction.run("first")
      for _ in 0..<2 { _ = try await first.next() }
      let second = try await transaction.run("second")
      for _ in 0..<2 { _ = try await second.next() }
      _ = try await first.next()
      try await second.consume()
      try await transaction.commit()
    }
    #expect(
      server.requests(.pull).map(\.fields) == [
        [["n": 1]], [["n": 1]], [["n": 1]], [["n": 1]], [["n": 1, "qid": 0]],
      ])
    #expect(server.requests(.discard).map(\.fields) == [[["n": -1]], [["n": -1, "qid": 0]]])
    await driver.close()
  }

  @Test func allThatIsWantedIsAskedForAtOnce() async throws {
    let source = RecordSource(7)
    let server = try await ScriptedServer.start { request in
      guard request.kind == .pull, case .map(let extra)? = request.fields.first, case .int(let n)? = extra["n"] else {
        return nil
      }
      return source.take(n).map { .record([.int(Int64($0))]) } + [.success(["has_more": .bool(!source.isEmpty)])]
    }
    let driver = try server.driver { $0.fetchSize = 2 }
    try await driver.withSession { session in
      let result = try await session.run("MATCH")
      _ = try await result.next()
      #expect(try await result.collect().map { $0["x"] } == [1, 2, 3, 4, 5, 6])
      #expect(try await result.next() == nil)
      #expect(try await result.collect().isEmpty)
    }
    #expect(server.requests(.pull).map(\.fields) == [[["n": 2]], [["n": -1]]])
    await driver.close()
  }

  @Test func moreThanOneRecordIsAWarning() async throws {
    for count in 0...3 {
      let source = RecordSource(count)
      let server = try await ScriptedServer.start { request in
        guard request.kind == .pull, case .map(let extra)? = request.fields.first, case .int(let n)? = extra["n"] else {
          return nil
        }
        return source.take(n).map { .record([.int(Int64($0))]) } + [.success(["has_more": .bool(!source.isEmpty)])]
      }
      let driver = try server.driver { $0.fetchSize = 1 }
      try await driver.withSession { session in
        let result = try await session.run("MATCH")
        var warnings: [String] = []
        #expect(try await result.singleOptional { warnings.append($0) }?["x"] == (count == 0 ? nil : 0))
        #expect(warnings.count == (count > 1 ? 1 : 0))
        #expect(warnings.allSatisfy { $0.contains("multiple") })
        #expect(try await result.singleOptional { warnings.append($0) } == nil)
      }
      await driver.close()
    }
  }

  @Test func aRecordThatMakesNoSenseCostsOnlyItself() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .pull ? [.record([1]), .record([1, 2]), .record([3]), .success([:])] : nil
    }
    let driver = try server.driver()
    try await driver.withSession { session in
      let result = try await session.run("MATCH")
      #expect(try await result.next()?["x"] == 1)
      await #expect(throws: BoltError.self) { try await result.next() }
      #expect(try await result.next()?["x"] == 3)
      #expect(try await result.next() == nil)
    }
    await driver.close()
  }
}
