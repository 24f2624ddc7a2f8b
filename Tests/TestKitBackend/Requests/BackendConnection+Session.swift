import Actors
import BoltDriver

extension BackendConnection {
  /// Requests about sessions.
  func answerSession(_ request: String, _ fields: RequestFields) async throws -> Answer? {
    if request == "NewSession" { return try await newSession(fields) }
    guard request.hasPrefix("Session") else { return nil }
    let id = try fields.text("sessionId")
    let session = try await objects.sessions.get(id)
    switch request {
    case "SessionClose":
      try await session.close()
      return Answer("Session", id: id)
    case "SessionRun":
      let (query, configuration) = (try query(fields), try transactionConfiguration(fields))
      return await answer(try await session.run(query, configuration: configuration))
    case "SessionBeginTransaction":
      let transaction = try await session.beginTransaction(configuration: try transactionConfiguration(fields))
      return Answer("Transaction", id: await objects.transactions.add(transaction))
    case "SessionReadTransaction":
      try await session.executeRead(configuration: try transactionConfiguration(fields)) { transaction in
        try await self.work(in: transaction, session: id)
      }
      return Answer("RetryableDone")
    case "SessionWriteTransaction":
      try await session.executeWrite(configuration: try transactionConfiguration(fields)) { transaction in
        try await self.work(in: transaction, session: id)
      }
      return Answer("RetryableDone")
    case "SessionLastBookmarks":
      return Answer("Bookmarks", ["bookmarks": .array(session.lastBookmarks.map(JSONValue.string))])
    default: return nil
    }
  }

  /// The body of a managed transaction: what the suite does with it.
  private func work(in transaction: Transaction, session: String) async throws {
    let id = await objects.transactions.add(transaction)
    guard let errorID = try await askForWork(session: session, transaction: id) else { return }
    throw errorID.isEmpty ? FrontendFailure() : try await objects.errors.get(errorID)
  }

  private func newSession(_ fields: RequestFields) async throws -> Answer {
    let driver = try await objects.drivers.get(try fields.text("driverId"))
    var configuration = SessionConfiguration(
      database: try fields.optionalText("database"), accessMode: try accessMode(fields["accessMode"]),
      bookmarks: try fields.texts("bookmarks") ?? [], fetchSize: try fields.number("fetchSize"),
      impersonatedUser: try fields.optionalText("impersonatedUser"), notifications: try notifications(fields),
      auth: try fields.named("authorizationToken").map(TokenMessage.token))
    if let id = try fields.optionalText("bookmarkManagerId") {
      configuration.bookmarkManager = try await objects.bookmarkManagers.get(id)
    }
    return Answer("Session", id: await objects.sessions.add(driver.session(configuration)))
  }

  /// The kind of work of a request.
  func accessMode(_ field: JSONValue?) throws -> AccessMode {
    switch field?.stringValue {
    case "r": return .read
    case "w", nil: return .write
    case let mode?: throw BackendFault("the access mode \(mode) is unknown")
    }
  }

  /// The notifications that a request wants.
  func notifications(_ fields: RequestFields) throws -> NotificationFilter {
    NotificationFilter(
      minimumSeverity: try fields.optionalText("notificationsMinSeverity"),
      disabledCategories: try fields.texts("notificationsDisabledCategories"))
  }
}
