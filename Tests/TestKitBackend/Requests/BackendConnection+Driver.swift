import Actors
import BoltDriver

extension BackendConnection {
  /// Requests that make drivers, use and close them.
  func answerDriver(_ request: String, _ fields: RequestFields) async throws -> Answer? {
    switch request {
    case "NewDriver": return Answer("Driver", id: await objects.drivers.add(try await newDriver(fields)))
    case "DriverClose":
      let id = try fields.text("driverId")
      await (try await objects.drivers.get(id)).close()
      return Answer("Driver", id: id)
    case "ExecuteQuery": return try await executeQuery(fields)
    default: return nil
    }
  }

  private func newDriver(_ fields: RequestFields) async throws -> Driver {
    let uri = try fields.text("uri")
    var configuration = try DriverConfiguration(uri)
    if let token = try fields.named("authorizationToken") { configuration.auth = try TokenMessage.token(token) }
    if let id = try fields.optionalText("authTokenManagerId") {
      configuration.authTokenManager = try await objects.tokenManagers.get(id)
    }
    try setLimits(fields, &configuration)
    try setResolvers(fields, &configuration)
    try await setSecurity(fields, &configuration)
    configuration.notifications = try notifications(fields)
    if let isOff = try fields.flag("telemetryDisabled") { configuration.telemetry = !isOff }
    configuration.clock = clock.driverClock
    // The suite's servers know nothing of the manifest, whose place older versions need.
    configuration.negotiation = .ranges
    // The suite's scripts play what the official drivers send.
    configuration.pipelining = .standard
    try fields.expectAllRead(of: "NewDriver")
    do { return try Driver(configuration) } catch {
      // The driver repeats no part of a URI that might be a secret; the suite wants to see which one was refused.
      throw RefusedURI(uri: uri, reason: error)
    }
  }

  private func setLimits(_ fields: RequestFields, _ configuration: inout DriverConfiguration) throws {
    if let userAgent = try fields.optionalText("userAgent") { configuration.userAgent = userAgent }
    if let timeout = try fields.milliseconds("connectionTimeoutMs") { configuration.connectTimeout = timeout }
    if let size = try fields.number("fetchSize") { configuration.fetchSize = size }
    if let time = try fields.milliseconds("maxTxRetryTimeMs") { configuration.maximumRetryTime = time }
    if let time = try fields.milliseconds("livenessCheckTimeoutMs") { configuration.livenessCheckIdle = time }
    if let size = try fields.number("maxConnectionPoolSize") { configuration.maximumPoolSize = size }
    if let timeout = try fields.milliseconds("connectionAcquisitionTimeoutMs") {
      configuration.acquisitionTimeout = timeout
    }
    // For the suite the time to connect is that of TCP alone.
    configuration.loginTimeout = configuration.acquisitionTimeout
  }

  private func setResolvers(_ fields: RequestFields, _ configuration: inout DriverConfiguration) throws {
    if try fields.flag("resolverRegistered") == true {
      configuration.resolver = { address in
        let reply = try await self.ask(
          "ResolverResolutionRequired", [.init(key: "address", value: .string(address.description))])
        return try (try reply.texts("addresses") ?? []).map { try BoltURI("bolt://\($0)").address }
      }
    }
    if try fields.flag("domainNameResolverRegistered") == true {
      configuration.domainNameResolver = { name in
        let reply = try await self.ask("DomainNameResolutionRequired", [.init(key: "name", value: .string(name))])
        return try reply.texts("addresses") ?? []
      }
    }
  }

  private func setSecurity(_ fields: RequestFields, _ configuration: inout DriverConfiguration) async throws {
    configuration.encrypted = try fields.flag("encrypted")
    // A list that is there and null means the system's authorities.
    if let names = try fields.texts("trustedCertificates") {
      configuration.trust =
        names.isEmpty ? .anyCertificate : .certificateFiles(names.map { "\(options.certificateFolder)/\($0)" })
    }
    if let certificate = try fields.named("clientCertificate") {
      configuration.clientCertificate = StaticClientCertificateProvider(try Self.certificate(certificate))
    }
    if let id = try fields.optionalText("clientCertificateProviderId") {
      configuration.clientCertificate = try await objects.certificateProviders.get(id)
    }
  }

  /// The certificate of a request.
  static func certificate(_ fields: RequestFields) throws -> ClientCertificate {
    ClientCertificate(
      certificateFile: try fields.text("certfile"), privateKeyFile: try fields.text("keyfile"),
      password: try fields.optionalText("password"))
  }

  private func executeQuery(_ fields: RequestFields) async throws -> Answer {
    let driver = try await objects.drivers.get(try fields.text("driverId"))
    let query = try query(fields)
    var configuration = ExecuteQueryConfiguration()
    if let config = try fields.object("config") {
      configuration = try await queryConfiguration(config)
      try config.expectAllRead(of: "ExecuteQuery")
    }
    let result = try await driver.executeQuery(query, configuration)
    return Answer(
      "EagerResult",
      [
        "keys": .array(result.keys.map(JSONValue.string)), "records": .array(try result.records.map(Self.json)),
        "summary": try SummaryMessage(result.summary).json(),
      ])
  }

  private func queryConfiguration(_ fields: RequestFields) async throws -> ExecuteQueryConfiguration {
    var configuration = ExecuteQueryConfiguration(
      accessMode: try accessMode(fields["routing"]), database: try fields.optionalText("database"),
      impersonatedUser: try fields.optionalText("impersonatedUser"),
      auth: try fields.named("authorizationToken").map(TokenMessage.token),
      transaction: try transactionConfiguration(fields))
    if let id = fields["bookmarkManagerId"] {
      if id.intValue == -1 {
        configuration.bookmarks = .none
      } else if let id = id.stringValue {
        configuration.bookmarks = .manager(try await objects.bookmarkManagers.get(id))
      } else {
        throw BackendFault("\(id) is no bookmark manager")
      }
    }
    return configuration
  }
}
