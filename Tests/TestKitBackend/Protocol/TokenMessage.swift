import Actors
import BoltDriver

/// The suite's tokens, read and written.
enum TokenMessage {
  /// A token.
  static func token(_ fields: RequestFields) throws -> AuthToken {
    let scheme = try fields.text("scheme")
    let token = try token(scheme, fields)
    try fields.expectAllRead(of: "AuthorizationToken")
    return token
  }

  /// A token as the suite writes it.
  static func json(_ token: AuthToken) throws -> JSONValue {
    var fields = token.wireFields
    // The driver sends an empty user with a ticket; the suite never named one.
    if token.scheme == "kerberos" { fields["principal"] = nil }
    return CypherEncoding.named("AuthorizationToken", try PlainEncoding.json(.map(fields)))
  }

  private static func token(_ scheme: String, _ fields: RequestFields) throws -> AuthToken {
    let credentials = try fields.optionalText("credentials")
    switch scheme {
    case "basic":
      return .basic(
        try fields.text("principal"), password: credentials ?? "", realm: try fields.optionalText("realm"))
    case "bearer": return .bearer(credentials ?? "")
    case "kerberos": return .kerberos(ticket: credentials ?? "")
    default:
      return .custom(
        scheme: scheme, principal: try fields.optionalText("principal"), credentials: credentials,
        realm: try fields.optionalText("realm"), parameters: try parameters(fields["parameters"]))
    }
  }

  /// What else a scheme wants to know, which comes as plain JSON.
  private static func parameters(_ json: JSONValue?) throws -> [String: BoltValue] {
    guard let json else { return [:] }
    guard case .map(let entries) = try value(json) else { throw BackendFault("the parameters are no object: \(json)") }
    return entries
  }

  private static func value(_ json: JSONValue) throws -> BoltValue {
    switch json {
    case .null: return .null
    case .bool(let truth): return .bool(truth)
    case .string(let text): return .string(text)
    case .array(let items): return .list(try items.map(value))
    case .object(let members):
      return .map(
        Dictionary(try members.map { ($0.key, try value($0.value)) }, uniquingKeysWith: { _, last in last }))
    case .number(let text):
      if let number = Int64(text) { return .int(number) }
      guard let number = json.doubleValue else { throw BackendFault("\(text) is no number") }
      return .float(number)
    }
  }
}
