import Actors
import BoltDriver

extension BackendConnection {
  /// Requests about what a driver knows of its servers.
  func answerServer(_ request: String, _ fields: RequestFields) async throws -> Answer? {
    guard let question = ServerQuestion(rawValue: request) else { return nil }
    let id = try fields.text("driverId")
    let driver = try await objects.drivers.get(id)
    switch question {
    case .verifyConnectivity:
      try await driver.verifyConnectivity()
      return Answer("Driver", id: id)
    case .serverInfo: return Answer("ServerInfo", SummaryMessage.json(try await driver.serverInfo()))
    case .multiDatabase:
      return Answer(
        "MultiDBSupport", ["id": .string(id), "available": .bool(try await driver.supportsMultiDatabase())])
    case .sessionAuth:
      return Answer(
        "SessionAuthSupport", ["id": .string(id), "available": .bool(try await driver.supportsSessionAuth())])
    case .isEncrypted: return Answer("DriverIsEncrypted", ["encrypted": .bool(driver.isEncrypted)])
    case .verifyAuthentication:
      guard let token = try fields.named("authorizationToken").map(TokenMessage.token) else {
        throw BackendFault("no token to verify")
      }
      let isGood = try await driver.verifyAuthentication(token)
      return Answer("DriverIsAuthenticated", ["id": .string(id), "authenticated": .bool(isGood)])
    case .forceUpdate:
      try await driver.updateRoutingTable(
        for: try fields.optionalText("database"), bookmarks: try fields.texts("bookmarks") ?? [])
      return Answer("Driver", id: id)
    case .routingTable: return Answer("RoutingTable", routingTable(of: driver, try fields.optionalText("database")))
    case .poolMetrics: return Answer("ConnectionPoolMetrics", poolMetrics(of: driver, try fields.text("address")))
    }
  }

  private enum ServerQuestion: String {
    case verifyConnectivity = "VerifyConnectivity"
    case serverInfo = "GetServerInfo"
    case multiDatabase = "CheckMultiDBSupport"
    case sessionAuth = "CheckSessionAuthSupport"
    case isEncrypted = "CheckDriverIsEncrypted"
    case verifyAuthentication = "VerifyAuthentication"
    case forceUpdate = "ForcedRoutingTableUpdate"
    case routingTable = "GetRoutingTable"
    case poolMetrics = "GetConnectionPoolMetrics"
  }

  private func routingTable(of driver: Driver, _ database: String?) -> JSONValue {
    let table = driver.routingTable(for: database)
    func json(_ addresses: [ServerAddress]?) -> JSONValue {
      .array((addresses ?? []).map { .string($0.description) })
    }
    return [
      "database": (table?.database ?? database).map(JSONValue.string) ?? .null,
      "ttl": .integer(table?.timeToLive.components.seconds ?? 0), "routers": json(table?.routers),
      "readers": json(table?.readers), "writers": json(table?.writers),
    ]
  }

  private func poolMetrics(of driver: Driver, _ address: String) -> JSONValue {
    let pool = driver.poolMetrics.first { $0.address.description == address }
    return ["inUse": .integer(pool?.inUse ?? 0), "idle": .integer(pool?.idle ?? 0)]
  }
}
