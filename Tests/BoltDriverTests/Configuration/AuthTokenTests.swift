import Testing

@testable import BoltDriver

@Suite("Who logs in")
struct AuthTokenTests {
  @Test("What each kind sends")
  func wire() {
    #expect(AuthToken.unauthenticated.wireFields == ["scheme": "none"])
    #expect(
      AuthToken.basic("ada", password: "pw").wireFields
        == ["scheme": "basic", "principal": "ada", "credentials": "pw"])
    #expect(AuthToken.basic("ada", password: "pw", realm: "native").wireFields["realm"] == "native")
    #expect(AuthToken.basic("ada", password: "pw", realm: "").wireFields["realm"] == nil)
    #expect(AuthToken.bearer("t").wireFields == ["scheme": "bearer", "credentials": "t"])
    #expect(AuthToken.kerberos(ticket: "t").wireFields == ["scheme": "kerberos", "principal": "", "credentials": "t"])
    #expect(
      AuthToken.custom(scheme: "own", principal: "p", credentials: "c", realm: "r", parameters: ["x": 1]).wireFields
        == ["scheme": "own", "principal": "p", "credentials": "c", "realm": "r", "parameters": ["x": 1]])
  }

  @Test("Tokens are compared by what they hold")
  func equality() {
    #expect(AuthToken.basic("a", password: "b") == .basic("a", password: "b"))
    #expect(AuthToken.basic("a", password: "b") != .basic("a", password: "c"))
  }

  @Test("What a custom scheme leaves empty is not sent")
  func emptyFields() {
    let token = AuthToken.custom(scheme: "own", principal: "", credentials: "", realm: "")
    #expect(token.wireFields == ["scheme": "own", "principal": ""])
    #expect(AuthToken.basic("a", password: "").wireFields["credentials"] == "")
  }

  @Test("No way of printing one shows the secret")
  func redaction() {
    let tokens: [AuthToken] = [
      .basic("ada", password: "hunter2"), .bearer("hunter2"), .kerberos(ticket: "hunter2"),
      .custom(scheme: "own", credentials: "hunter2", parameters: ["pin": "hunter2"]),
    ]
    for token in tokens {
      var dumped = ""
      dump(token, to: &dumped)
      dump([token], to: &dumped)
      let texts = ["\(token)", String(reflecting: token), String(describing: Optional(token)), dumped]
      #expect(texts.allSatisfy { !$0.contains("hunter2") }, "\(token.scheme)")
    }
    #expect("\(AuthToken.basic("ada", password: "x"))" == "AuthToken(basic ada ***)")
    #expect("\(AuthToken.unauthenticated)" == "AuthToken(none)")
  }
}
