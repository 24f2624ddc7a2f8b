/// With what a connection introduces itself.
package struct Login: Sendable {
  /// The application, `Name/Version`.
  package var userAgent: String
  /// Who logs in.
  package var auth: AuthToken
  /// The routing context; nil when the server must not route.
  package var routing: [String: BoltValue]?
  /// Which notifications are wanted on this connection.
  package var notifications: NotificationFilter

  package init(
    userAgent: String, auth: AuthToken, routing: [String: BoltValue]? = nil,
    notifications: NotificationFilter = .default
  ) {
    self.userAgent = userAgent
    self.auth = auth
    self.routing = routing
    self.notifications = notifications
  }

  /// What a driver's connections say; the token comes with each of them.
  init(_ configuration: DriverConfiguration) {
    self.init(
      userAgent: configuration.userAgent, auth: .unauthenticated,
      routing: configuration.uri.isRouting ? configuration.routingContext : nil,
      notifications: configuration.notifications)
  }

  /// The messages: HELLO, and from 5.1 on LOGON in the same write.
  package func requests(for version: BoltVersion) -> [BoltRequest] {
    let fields = auth.wireFields
    let hello = BoltRequest.Hello(userAgent: userAgent, auth: fields, routing: routing, notifications: notifications)
    return version >= .v51 ? [.hello(hello), .logon(fields)] : [.hello(hello)]
  }
}
