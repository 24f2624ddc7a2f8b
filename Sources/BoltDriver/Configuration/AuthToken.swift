/// Who logs in, and with what. Neither its description nor its reflection shows more than scheme and principal.
public struct AuthToken: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The name of the scheme: `none`, `basic`, `bearer`, `kerberos`, or one that a plug-in of the server knows.
  public let scheme: String
  /// The user, for schemes that name one.
  public let principal: String?
  /// Which of the server's authentication providers is asked, when it has several.
  public let realm: String?
  private let credentials: String?
  private let parameters: [String: BoltValue]

  private init(
    scheme: String, principal: String? = nil, credentials: String? = nil, realm: String? = nil,
    parameters: [String: BoltValue] = [:]
  ) {
    self.scheme = scheme
    self.principal = principal
    self.credentials = credentials
    self.realm = realm
    self.parameters = parameters
  }

  /// For a server that asks for nothing. Not called `none`, which for an optional token would mean that there is none.
  public static let unauthenticated = AuthToken(scheme: "none")

  /// User and password.
  ///
  /// - Parameters:
  ///   - user: The user's name.
  ///   - password: The password.
  ///   - realm: The authentication provider, nil for the server's default.
  public static func basic(_ user: String, password: String, realm: String? = nil) -> AuthToken {
    AuthToken(scheme: "basic", principal: user, credentials: password, realm: realm)
  }

  /// A token from an identity provider (single sign-on).
  public static func bearer(_ token: String) -> AuthToken { AuthToken(scheme: "bearer", credentials: token) }

  /// A Kerberos ticket, base64 as the server expects it.
  public static func kerberos(ticket: String) -> AuthToken {
    AuthToken(scheme: "kerberos", principal: "", credentials: ticket)
  }

  /// A scheme that a plug-in of the server understands.
  ///
  /// - Parameters:
  ///   - scheme: The name of the scheme.
  ///   - principal: The user.
  ///   - credentials: The secret, nil or empty when the scheme has none.
  ///   - realm: The authentication provider, nil for the server's default.
  ///   - parameters: What else the plug-in wants to know; treated as secret.
  public static func custom(
    scheme: String, principal: String? = nil, credentials: String? = nil, realm: String? = nil,
    parameters: [String: BoltValue] = [:]
  ) -> AuthToken {
    let secret = credentials.flatMap { $0.isEmpty ? nil : $0 }
    return AuthToken(scheme: scheme, principal: principal, credentials: secret, realm: realm, parameters: parameters)
  }

  /// The entries of HELLO or LOGON: the only way to the secret, for the one message that carries it.
  package var wireFields: [String: BoltValue] {
    var fields: [String: BoltValue] = ["scheme": .string(scheme)]
    if let principal { fields["principal"] = .string(principal) }
    if let credentials, !credentials.isEmpty || Self.schemesWithSecret.contains(scheme) {
      fields["credentials"] = .string(credentials)
    }
    if let realm, !realm.isEmpty { fields["realm"] = .string(realm) }
    if !parameters.isEmpty { fields["parameters"] = .map(parameters) }
    return fields
  }

  /// The schemes that send a secret even if it is empty; for others that means that there is none.
  private static let schemesWithSecret: Set<String> = ["basic", "bearer", "kerberos"]

  /// Scheme and principal; the secret as `***`.
  public var description: String {
    var text = scheme
    if let principal, !principal.isEmpty { text += " \(principal)" }
    if credentials != nil || !parameters.isEmpty { text += " ***" }
    return "AuthToken(\(text))"
  }
  /// As ``description``.
  public var debugDescription: String { description }
  /// Shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
