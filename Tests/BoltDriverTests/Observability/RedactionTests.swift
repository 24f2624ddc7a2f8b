import Logging
import Synchronization
import Testing

@testable import BoltDriver

/// No secret and no value of a parameter comes into a log or an error of the driver's own.
@Suite struct RedactionTests {
  /// What must not be seen; each is made to look like nothing else.
  private static let secrets = [
    "pw-hunter2", "bearer-eyJhbGci", "ticket-YIIC", "custom-0xCAFE", "plugin-0xF00D", "key-sesame", "value-4711-4711",
    "note-of-the-program",
  ]
  private static let parameters: [String: BoltValue] = [
    "p": "value-4711-4711", "m": ["deep": ["value-4711-4711", .int(1)]], "n": .map(["value-4711-4711": .null]),
  ]

  private struct ProgramsOwn: Error, CustomStringConvertible {
    let description = "note-of-the-program: pw-hunter2"
  }

  /// Everything that may be printed of an error, its causes and its parts.
  private func prints(of error: any Error) -> [String] {
    var dumped = ""
    dump(error, to: &dumped)
    return ["\(error)", String(reflecting: error), String(describing: error), dumped, "\(LoggedError(error))"]
  }

  private func expectNoSecret(
    in texts: [String], except known: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for text in texts {
      for secret in Self.secrets where secret != known {
        #expect(!text.contains(secret), "\(text)", sourceLocation: sourceLocation)
      }
    }
  }

  @Test(arguments: [
    AuthToken.basic("ada", password: "pw-hunter2"), .bearer("bearer-eyJhbGci"), .kerberos(ticket: "ticket-YIIC"),
    .custom(
      scheme: "plugin", principal: "ada", credentials: "custom-0xCAFE", realm: "r",
      parameters: ["key": "plugin-0xF00D", "map": ["plugin-0xF00D"]]),
  ])
  func loginsAndRefusalsShowNothing(_ token: AuthToken) async throws {
    let lines = LogLines()
    let server = try await ScriptedServer.start { request in
      request.kind == .logon && request.connection > 0 ? [.failure(BoltError.Code.unauthorized.rawValue), .close] : nil
    }
    let driver = try server.driver(logger: lines.logger) {
      $0.auth = token
      $0.maximumRetryTime = .milliseconds(1)
    }
    try await driver.executeQuery(Query("RETURN $p", parameters: Self.parameters))
    // The second connection is refused.
    let error = await #expect(throws: BoltError.self) {
      try await driver.executeRead { transaction in
        try await transaction.run("RETURN 1")
        try await driver.executeQuery(Query("RETURN $p", parameters: Self.parameters))
      }
    }
    expectNoSecret(in: error.map(prints) ?? [])
    var dumped = ""
    dump(driver.configuration, to: &dumped)
    dump(token, to: &dumped)
    dump(driver.poolMetrics, to: &dumped)
    expectNoSecret(in: [lines.text, "\(driver.configuration)", String(reflecting: driver.configuration), dumped])
    #expect(lines.text.contains("no connection to the graph") && lines.text.contains("Security.Unauthorized"))
    await driver.close()
    expectNoSecret(in: [lines.text])
  }

  @Test func whatAServerQuotesIsNotLogged() async throws {
    let lines = LogLines()
    let quote = "Node(7) already exists with property `name` = 'value-4711-4711'"
    let server = try await ScriptedServer.start { request in
      switch request.kind {
      case .run: [.failure("Neo.TransientError.Transaction.DeadlockDetected", quote)]
      default: nil
      }
    }
    let driver = try server.driver(logger: lines.logger) { $0.maximumRetryTime = .milliseconds(1) }
    let query = Query("MERGE (n {name: $p})", parameters: Self.parameters)
    let metadata = TransactionConfiguration(metadata: ["who": "value-4711-4711"])
    for _ in 0..<2 {
      let error = await #expect(throws: BoltError.self) {
        try await driver.executeWrite(configuration: metadata) { try await $0.run(query) }
      }
      // Whoever asked is told what the server said, and nothing more.
      #expect(error?.message == quote)
      expectNoSecret(in: error.map(prints) ?? [], except: "value-4711-4711")
      expectNoSecret(in: error.map { ["\(LoggedError($0))"] } ?? [])
    }
    #expect(lines.text.contains("DeadlockDetected"))
    expectNoSecret(in: [lines.text])
    await driver.close()
  }

  @Test func parametersThatCannotBeSentAreNotQuoted() async throws {
    let lines = LogLines()
    let server = try await ScriptedServer.start(version: .v44)
    let driver = try server.driver(logger: lines.logger)
    let node = BoltNode(
      id: 1, elementID: "value-4711-4711", labels: ["value-4711-4711"], properties: ["x": "value-4711-4711"])
    for value in [BoltValue.node(node), .list([.node(node)]), .map(["value": .node(node)])] {
      let error = await #expect(throws: BoltError.self) {
        try await driver.executeQuery(Query("RETURN $p", parameters: Self.parameters.merging(["bad": value]) { $1 }))
      }
      #expect(error?.code == .unsendableValue)
      expectNoSecret(in: error.map(prints) ?? [])
    }
    expectNoSecret(in: [lines.text])
    await driver.close()
  }

  @Test func aManagerThatFailsIsNamedAndNotQuotedInTheLog() async throws {
    let lines = LogLines()
    let server = try await ScriptedServer.start { request in
      request.kind == .logon ? [.failure(BoltError.Code.tokenExpired.rawValue), .close] : nil
    }
    let asked = Lock(0)
    let driver = try server.driver(logger: lines.logger) {
      $0.maximumRetryTime = .milliseconds(1)
      $0.authTokenManager = BearerAuthTokenManager {
        let number = asked.withLock { count in
          count += 1
          return count
        }
        if number > 1 { throw ProgramsOwn() }
        return ExpiringAuthToken(.bearer("bearer-eyJhbGci"), lifetime: .seconds(60))
      }
    }
    for _ in 0..<3 {
      await #expect(throws: (any Error).self) {
        try await driver.executeQuery(Query("RETURN $p", parameters: Self.parameters))
      }
    }
    #expect(asked.withLock { $0 } > 1)
    expectNoSecret(in: [lines.text])
    await driver.close()
  }

  @Test func aTokenThatIsRotatedShowsNothing() async throws {
    let lines = LogLines()
    let server = try await ScriptedServer.start { request in
      guard request.kind == .logon, case .map(let fields)? = request.fields.first else { return nil }
      return fields["credentials"] == "pw-hunter2" ? [.failure(BoltError.Code.unauthorized.rawValue), .close] : nil
    }
    let asked = Lock(0)
    let driver = try server.driver(logger: lines.logger) {
      $0.maximumRetryTime = .seconds(30)
      $0.authTokenManager = BasicAuthTokenManager {
        let number = asked.withLock { count in
          count += 1
          return count
        }
        return .basic("ada", password: number == 1 ? "pw-hunter2" : "custom-0xCAFE")
      }
    }
    try await driver.executeQuery(Query("RETURN $p", parameters: Self.parameters))
    #expect(asked.withLock { $0 } == 2)
    #expect(lines.text.contains("run again"))
    expectNoSecret(in: [lines.text])
    await driver.close()
  }

  @Test func routersThatFailAreNotQuoted() async throws {
    let lines = LogLines()
    let cluster = try await ScriptedCluster.start(
      ScriptedCluster.Layout(routers: [0, 1], readers: [1], writers: [2]), count: 3
    ) { number, request in
      number == 2 && request.kind == .run ? [.close] : nil
    }
    let driver = try cluster.driver(logger: lines.logger) {
      $0.auth = .basic("ada", password: "pw-hunter2")
      $0.uri.routingContext = ["region": "plugin-0xF00D"]
      $0.maximumRetryTime = .milliseconds(1)
    }
    let error = await #expect(throws: BoltError.self) {
      try await driver.executeQuery(Query("CREATE ({p: $p})", parameters: Self.parameters), database: "graph")
    }
    expectNoSecret(in: error.map(prints) ?? [])
    #expect(lines.text.contains("a new routing table") && lines.text.contains("given up"))
    expectNoSecret(in: [lines.text])
    await driver.close()
  }

  @Test func certificatesShowNoPassword() {
    let certificate = ClientCertificate(certificateFile: "c.pem", privateKeyFile: "k.pem", password: "key-sesame")
    var configuration = DriverConfiguration(uri: BoltURI(scheme: .boltSecure, address: ServerAddress(host: "db")))
    configuration.clientCertificate = StaticClientCertificateProvider(certificate)
    var dumped = ""
    dump(certificate, to: &dumped)
    dump(configuration, to: &dumped)
    expectNoSecret(in: ["\(certificate)", String(reflecting: certificate), "\(configuration)", dumped])
  }

  @Test func aLoggedErrorKeepsWhatHelps() {
    let inner = BoltError(.poolTimeout, "no connection within 5 s", address: "db:7687", underlying: ProgramsOwn())
    #expect("\(LoggedError(inner))" == "PoolTimeout: no connection within 5 s (server db:7687): ProgramsOwn")
    let failure = ServerFailure(code: "Neo.ClientError.X.Y\nfake line", message: "value-4711-4711")
    #expect("\(LoggedError(BoltError(failure)))" == "Neo.ClientError.X.Y fake line (50N42)")
    #expect("\(LoggedError(CancellationError()))" == "CancellationError")
  }
}
