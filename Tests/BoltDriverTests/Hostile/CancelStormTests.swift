import Testing

@testable import BoltDriver

@Suite("Cancelled work leaves nothing in use")
struct CancelStormTests {
  private enum End {
    case done
    case cancelled
    case failed(BoltError.Code)
  }

  @Test("400 tasks over 5 connections, cancelled at any moment of any kind of work", arguments: UInt64(1)...3)
  func storm(seed: UInt64) async throws {
    let server = try await ScriptedServer.start { request in
      guard request.kind == .run, case .string(let text)? = request.fields.first else { return nil }
      switch text {
      case "HANG": return [.noop]
      case "FAIL": return [.failure("Neo.ClientError.Statement.SyntaxError")]
      case "TRICKLE": return [.trickle([.success(["fields": ["x"]])])]
      default: return nil
      }
    }
    let driver = try server.driver { $0.maximumPoolSize = 5 }
    let ends = await withTaskGroup(of: End.self) { group in
      for number in 0..<400 {
        group.addTask {
          var chance = SeededGenerator(seed: seed &* 1_000_000 &+ UInt64(number))
          return await work(driver, &chance)
        }
      }
      return await group.reduce(into: [End]()) { $0.append($1) }
    }
    #expect(ends.count == 400)
    for case .failed(let code) in ends {
      // A commit under way when it was cancelled is in doubt; everything else that fails was meant to.
      #expect([.incompleteCommit, .init(rawValue: "Neo.ClientError.Statement.SyntaxError")].contains(code), "\(code)")
    }
    try await soon("nothing in use") {
      let metrics = driver.poolMetrics[0]
      return metrics.inUse == 0 && metrics.waiting == 0 && metrics.creating == 0
    }
    #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
    #expect(server.connections <= 5 + Int(driver.poolMetrics[0].closedInAll))
    await driver.close()
    let metrics = driver.poolMetrics[0]
    #expect(metrics.created == metrics.closedInAll && metrics.inUse == 0 && metrics.idle == 0)
  }

  /// One piece of work, cancelled after a while; what would hang always is.
  private func work(_ driver: Driver, _ chance: inout SeededGenerator) async -> End {
    let queries: [Query] = ["RETURN 1", "RETURN 2", "TRICKLE", "FAIL", "HANG"]
    let query = queries.randomElement(using: &chance) ?? "RETURN 1"
    let kind = Int.random(in: 0..<4, using: &chance)
    let task = Task { try await Self.run(query, kind, driver) }
    if query.text == "HANG" || Int.random(in: 0..<2, using: &chance) == 0 {
      try? await Task.sleep(for: .microseconds(Int.random(in: 0...20_000, using: &chance)))
      task.cancel()
    }
    do {
      try await task.value
      return .done
    } catch is CancellationError {
      return .cancelled
    } catch let error as BoltError {
      return .failed(error.code)
    } catch {
      Issue.record("\(error)")
      return .done
    }
  }

  private static func run(_ query: Query, _ kind: Int, _ driver: Driver) async throws {
    switch kind {
    case 0: _ = try await driver.executeQuery(query)
    case 1:
      try await driver.withSession { session in
        for try await record in try await session.run(query) { _ = record.values }
      }
    case 2:
      try await driver.withSession { session in
        try await session.executeWrite { transaction in
          for try await record in try await transaction.run(query) { _ = record.values }
        }
      }
    default:
      try await driver.withSession { session in
        let transaction = try await session.beginTransaction()
        _ = try await transaction.run(query)
        try await transaction.rollback()
      }
    }
  }
}
