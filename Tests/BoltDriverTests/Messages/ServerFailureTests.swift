import NIOCore
import Testing

@testable import BoltDriver

@Suite struct ServerFailureTests {
  private static let retryable = [
    "Neo.TransientError.Transaction.DeadlockDetected": true, "Neo.ClientError.Security.AuthorizationExpired": true,
    "Neo.ClientError.Cluster.NotALeader": true, "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase": true,
    "Neo.ClientError.Statement.SyntaxError": false, "Neo.DatabaseError.General.UnknownError": false,
    "Neo.TransientError.Transaction.Terminated": false, "Neo.TransientError.Transaction.LockClientStopped": false,
    "nonsense": false, "": false,
  ]

  @Test(arguments: retryable)
  func onlyWhatPassesIsRetryable(_ code: String, _ isRetryable: Bool) {
    #expect(BoltError(ServerFailure(code: code, message: "")).isRetryable == isRetryable)
  }

  @Test func misleadingCodesAreRewritten() {
    let failure = ServerFailure(code: "Neo.TransientError.Transaction.Terminated", message: "")
    #expect(failure.code == "Neo.ClientError.Transaction.Terminated")
    #expect(failure.classification == .client)
  }

  @Test func olderServersGetAGeneralStatus() {
    let error = BoltError(ServerFailure(wire: ["code": "Neo.ClientError.Statement.SyntaxError", "message": "bad"]))
    #expect(error.message == "bad")
    #expect(error.gqlStatus == "50N42")
    #expect(error.server?.status.description == "error: general processing exception - unexpected error. bad")
    #expect(error.server?.status.diagnosticRecord == ["OPERATION": "", "OPERATION_CODE": "0", "CURRENT_SCHEMA": "/"])
  }

  @Test func theChainOfCausesIsKept() {
    let wire: [String: BoltValue] = [
      "neo4j_code": "Neo.ClientError.Statement.SyntaxError", "message": "top", "gql_status": "42001",
      "description": "error: syntax", "diagnostic_record": ["_classification": "CLIENT_ERROR", "OPERATION": nil],
      "cause": [
        "gql_status": "42I06", "message": "middle", "description": "",
        "cause": ["gql_status": "00N01", "message": "deep", "description": ""],
      ],
    ]
    let error = BoltError(ServerFailure(wire: wire))
    #expect(error.gqlStatus == "42001")
    #expect(error.server?.status.classification == .client)
    #expect(error.server?.status.diagnosticRecord["OPERATION"] == .null)
    #expect(error.server?.status.causes.map(\.gqlStatus) == ["42I06", "00N01"])
  }

  @Test(arguments: [[:], ["code": 7, "message": []], ["gql_status": 1, "cause": 2]] as [[String: BoltValue]])
  func badlyReportedErrorsAreStillHeard(_ wire: [String: BoltValue]) {
    #expect(!ServerFailure(wire: wire).code.isEmpty)
    #expect(!ServerFailure(wire: wire).message.isEmpty)
  }

  @Test func messagesAreToldApart() throws {
    func read(_ bytes: [UInt8]) throws -> BoltResponse {
      try BoltResponse(ByteBuffer(bytes: bytes), dialect: PackStreamBytes.v5)
    }
    guard case .record(let values) = try read([0xB1, 0x71, 0x91, 0x01]) else {
      Issue.record("no record")
      return
    }
    #expect(Array(buffer: values) == [0x91, 0x01])
    guard case .success(let metadata) = try read([0xB1, 0x70, 0xA0]), case .ignored = try read([0xB0, 0x7E]) else {
      Issue.record("neither success nor ignored")
      return
    }
    #expect(metadata.isEmpty)
    for bytes in [
      [], [0xB1], [0xB1, 0x70], [0xB2, 0x70, 0xA0, 0xA0], [0xB1, 0x01, 0xA0], [0xB1, 0x70, 0x90], [0x01, 0x02],
    ]
      as [[UInt8]]
    {
      #expect(throws: PackStreamError.self) { try read(bytes) }
    }
  }
}
