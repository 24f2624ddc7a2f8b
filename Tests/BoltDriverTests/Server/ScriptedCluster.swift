import Logging
import Synchronization

@testable import BoltDriver

/// Servers of our own that play a cluster: the first is the router, which tells of all of them.
final class ScriptedCluster: Sendable {
  /// Who does what, by the numbers of the servers.
  struct Layout: Sendable {
    var routers: [Int]
    var readers: [Int]
    var writers: [Int]
    var timeToLive: Int64 = 300
    /// The database's name; nil for routers that do not tell it.
    var database: String? = "home"
  }

  fileprivate final class Book: Sendable {
    let layout: Lock<Layout>
    let addresses = Lock<[ServerAddress]>([])

    init(_ layout: Layout) { self.layout = Lock(layout) }

    func table(_ database: String?) -> BoltValue {
      let (layout, addresses) = (layout.withLock { $0 }, addresses.withLock { $0 })
      func members(_ role: String, _ numbers: [Int]) -> BoltValue {
        ["role": .string(role), "addresses": .list(numbers.map { .string(addresses[$0].description) })]
      }
      var table: [String: BoltValue] = [
        "ttl": .int(layout.timeToLive),
        "servers": [
          members("ROUTE", layout.routers), members("READ", layout.readers), members("WRITE", layout.writers),
        ],
      ]
      if let name = database ?? layout.database, layout.database != nil { table["db"] = .string(name) }
      return .map(table)
    }
  }

  let servers: [ScriptedServer]
  private let book: Book

  /// Starts servers.
  ///
  /// - Parameters:
  ///   - layout: Who does what.
  ///   - count: How many servers there are.
  ///   - version: What they speak.
  ///   - behave: Decides what a server, by its number, answers; nil for the usual.
  static func start(
    _ layout: Layout, count: Int, version: BoltVersion = .v54,
    _ behave: @escaping @Sendable (Int, ScriptedServer.Request) -> [ScriptedServer.Reply]? = { _, _ in nil }
  ) async throws -> ScriptedCluster {
    let book = Book(layout)
    var servers: [ScriptedServer] = []
    for number in 0..<count {
      let server = try await ScriptedServer.start(version: version) { request in
        if let replies = behave(number, request) { return replies }
        return book.answer(request)
      }
      servers.append(server)
      let address = server.address
      book.addresses.withLock { $0.append(address) }
    }
    return ScriptedCluster(servers, book)
  }

  private init(_ servers: [ScriptedServer], _ book: Book) {
    self.servers = servers
    self.book = book
  }

  /// From now on routers tell this.
  func change(_ change: (inout Layout) -> Void) { book.layout.withLock { change(&$0) } }

  /// How many routing tables have been asked for.
  var routes: Int { servers.reduce(0) { $0 + $1.requests(.route).count } }

  /// A driver for the cluster, which knows the first server only and tries nothing twice.
  func driver(
    logger: Logger = Logger(label: "bolt"), _ change: (inout DriverConfiguration) -> Void = { _ in }
  ) throws -> Driver {
    try servers[0].driver(logger: logger) { configuration in
      configuration.uri.scheme = .neo4j
      change(&configuration)
    }
  }
}

extension ScriptedCluster.Book {
  /// What a router answers; nil for what is no question about tables.
  fileprivate func answer(_ request: ScriptedServer.Request) -> [ScriptedServer.Reply]? {
    if request.kind == .route {
      var database: String?
      switch request.fields.last {
      case .map(let extra)?: if case .string(let name)? = extra["db"] { database = name }
      case .string(let name)?: database = name
      default: break
      }
      return [.success(["rt": table(database)])]
    }
    return nil
  }

  /// The record of the procedure that was there before ROUTE.
  func record() -> [BoltValue] {
    guard case .map(let table) = table(nil) else { return [] }
    return [table["ttl"] ?? .null, table["servers"] ?? .null]
  }
}

extension ScriptedCluster {
  /// The record that the procedure gives which was there before ROUTE.
  var procedureRecord: [BoltValue] { book.record() }
}
