import Actors
import BoltDriver
import Middleware
import TestSupport
import Testing

/// The graph server that all tests of a run share: nobody stops it, and every test uses labels of its own.
enum GraphServer {
  static let user = ProjectLayout.environment("TROUPE_TEST_BOLT_USER") ?? "root"
  static let password = ProjectLayout.environment("TROUPE_TEST_BOLT_PASSWORD") ?? "graphdb-test"
  static let database =
    (ProjectLayout.environment("TROUPE_TEST_BOLT_DATABASES") ?? "graph,other").split(separator: ",").first.map(
      String.init) ?? "graph"

  /// Where it is.
  static func uri() throws -> BoltURI {
    let url = ProjectLayout.environment("TROUPE_TEST_BOLT_URL")
    return try BoltURI(
      try #require(url, "TROUPE_TEST_BOLT_URL names no graph server; see CONTRIBUTING.md, or run make test"))
  }

  /// The settings of a worker's driver, for the server itself or for what stands in front of it.
  static func configuration(port: UInt16? = nil, slots: Int = 8) throws -> DriverConfiguration {
    var uri = try uri()
    if let port { uri.address = ServerAddress(host: "127.0.0.1", port: Int(port)) }
    var configuration = DriverConfiguration(uri: uri, auth: .basic(user, password: password), database: database)
    configuration.suit(slots: slots)
    return configuration
  }

  /// What `BOLT_…` says about it in the environment of a process.
  static func environment() throws -> [String: String] {
    [
      "BOLT_URL": "\(try uri())", "BOLT_USER": user, "BOLT_PASSWORD": password, "BOLT_DATABASE": database,
      "BOLT_PASSWORD_FILE": "",
    ]
  }

  /// Lends a driver of the test's own.
  @discardableResult
  static func withDriver<Result>(
    _ configuration: DriverConfiguration? = nil, _ body: (Driver) async throws -> Result
  ) async throws -> Result {
    let driver = try Driver(try configuration ?? Self.configuration())
    do {
      let result = try await body(driver)
      await driver.close()
      return result
    } catch {
      await driver.close()
      throw error
    }
  }

  /// A proxy in front of the server.
  static func proxy() throws -> FaultProxy { try FaultProxy(to: UInt16(clamping: try uri().address.port)) }

  /// A label with a constraint on `key`, so that `MERGE` makes one node; its nodes are removed at the end.
  static func withLabel<Result>(
    on configuration: DriverConfiguration? = nil, _ body: (String) async throws -> Result
  ) async throws -> Result {
    let label = "T\(UInt32.random(in: .min ... .max))"
    try await withDriver(configuration) { driver in
      try await driver.executeQuery(
        try "CREATE CONSTRAINT IF NOT EXISTS FOR (e:\(label: label)) REQUIRE e.key IS UNIQUE")
    }
    let result = try await body(label)
    try await withDriver(configuration) { driver in
      try await driver.executeQuery(try "MATCH (e:\(label: label)) DETACH DELETE e")
    }
    return result
  }

  /// The counts of the nodes of a label, by key.
  static func counts(of label: String, on configuration: DriverConfiguration? = nil) async throws -> [String: Int] {
    try await withDriver(configuration) { driver in
      let result = try await driver.executeQuery(
        try "MATCH (e:\(label: label)) RETURN toString(e.key) AS key, e.count AS count", accessMode: .read)
      let pairs = try result.records.map { try $0.decode(String.self, Int.self) }
      return Dictionary(pairs, uniquingKeysWith: +)
    }
  }

  /// Adds one to the count of a node.
  static func merge(_ key: String, label: String, in graph: Driver) async throws {
    try await graph.executeWrite { transaction in
      try await transaction.run(
        try "MERGE (e:\(label: label) {key: \(key)}) SET e.count = coalesce(e.count, 0) + 1")
    }
  }
}

extension MiddlewareStack {
  /// A worker's stack with a graph, whose retries follow soon.
  static func graph(_ layers: any Middleware...) -> MiddlewareStack {
    [
      TimeLimit(timeLimit: .seconds(60)), ShutdownNotifications(),
      Retries(minBackoff: .milliseconds(100), maxBackoff: .milliseconds(400)),
    ] + MiddlewareStack(layers)
  }
}
