import BoltDriver
import Logging
import Metrics
import Tracing

/// The code of the articles in `BoltDriver.docc`, as it stands there: what does not compile here is not shown there
/// (`scripts/check-docs`).
enum ArticleCode {
  static func landing(password: String, name: String) async throws -> String? {
    let driver = try GraphDatabase.driver(
      "bolt://localhost:7687", auth: .basic("neo4j", password: password), database: "neo4j")
    let result = try await driver.executeQuery("MATCH (p:Package {name: \(name)}) RETURN p.version AS version")
    let version = try result.records.first?.get("version", as: String.self)
    await driver.close()
    return version
  }

  static func connect(password: String) async throws -> Driver {
    var configuration = try DriverConfiguration(
      "neo4j+s://graph.example.com", auth: .basic("neo4j", password: password), database: "packages")
    configuration.maximumPoolSize = 20
    configuration.acquisitionTimeout = .seconds(10)
    let driver = try Driver(configuration)
    let server = try await driver.verifyConnectivity()
    print(server.agent, server.protocolVersion)
    return driver
  }

  static func ask(_ driver: Driver, limit: Int) async throws {
    let result = try await driver.executeQuery(
      "MATCH (p:Package) WHERE p.size > \(limit) RETURN p.name AS name, p.size AS size",
      ExecuteQueryConfiguration(accessMode: .read, database: "packages"))
    for record in result.records {
      let (name, size) = try record.decode(String.self, Int.self)
      print(name, size)
    }
  }

  static func name() -> Query {
    let query = Query("MATCH (p:Package {name: $name}) RETURN p", parameters: ["name": "ada"])
    return query
  }

  static func stream(_ driver: Driver) async throws {
    try await driver.withSession { session in
      let result = try await session.run("MATCH (p:Package) RETURN p.name")
      for try await name in result.decode(String.self) {
        print(name)
      }
      let summary = try await result.consume()
      print(summary.consumedAfter ?? .zero)
    }
  }

  static func write(_ driver: Driver, name: String) async throws -> Int {
    let total = try await driver.executeWrite { transaction in
      try await transaction.run("MERGE (p:Package {name: \(name)}) SET p.seen = timestamp()")
      let count = try await transaction.run("MATCH (p:Package) RETURN count(p)").single()
      return try count.decode(Int.self)
    }
    return total
  }

  static func decode(_ driver: Driver) async throws -> [String] {
    struct Package: Decodable {
      let name: String
      let size: Int
      let built: BoltDateTime?
    }
    let packages = try await driver.executeQuery("MATCH (p:Package) RETURN p").decode(Package.self)
    return packages.map(\.name)
  }

  static func handle(_ driver: Driver, name: String) async throws {
    do {
      try await driver.executeQuery("CREATE (:Package {name: \(name)})")
    } catch let error as BoltError where error.code.rawValue == "Neo.ClientError.Schema.ConstraintValidationFailed" {
      print("there is one of that name")
    } catch let error as BoltError where error.code == .incompleteCommit {
      print("nobody knows whether it was created: look before you repeat it")
    } catch let error as BoltError where error.isRetryable {
      print("the graph is busy or away: try later")
    }
  }

  static func watch(_ driver: Driver) {
    for pool in driver.poolMetrics where pool.waiting > 0 || pool.timeouts > 0 {
      print(pool.address, "in use \(pool.inUse) of \(pool.maximum)", "waiting \(pool.waiting)")
    }
  }

  static func observe(_ metrics: any MetricsFactory, _ tracer: any Tracer) throws -> Driver {
    var configuration = try DriverConfiguration("bolt://localhost:7687")
    configuration.metricsFactory = metrics
    configuration.tracing = TracingConfiguration(tracer: tracer, recordsQueryText: true)
    let driver = try Driver(configuration, logger: Logger(label: "graph"))
    return driver
  }
}
