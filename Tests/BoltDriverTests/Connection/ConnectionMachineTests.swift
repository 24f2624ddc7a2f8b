import NIOCore
import Testing

@testable import BoltDriver

/// The protocol of a connection, without sockets: sinks are names.
@Suite struct ConnectionMachineTests {
  private typealias Machine = ConnectionMachine<String>

  /// Holds a machine where the macros of the tests can look at it.
  private final class Probe {
    private var machine = Machine(address: "graph:7687")
    var version: BoltVersion {
      get { machine.version }
      set { machine.version = newValue }
    }
    var isClean: Bool { machine.isClean }
    var phase: ServerState.Phase { machine.state.phase }
    var openStreams: Int { machine.state.openStreams }
    var openRequests: Int { machine.openRequests }
    func send(_ requests: [Machine.Request]) throws { try machine.send(requests) }
    func receive(_ response: BoltResponse) -> Machine.Action { machine.receive(response) }
    func recordSink() throws -> String? { try machine.recordSink() }
    func close(_ error: BoltError) -> [(request: Machine.Request, error: BoltError)] { machine.close(error) }
  }

  private func request(_ kind: BoltRequest.Kind, _ name: String = "", all: Bool = false) -> Machine.Request {
    Machine.Request(kind, sink: name, asksForAll: all)
  }

  /// One in READY.
  private func ready(_ version: BoltVersion = .v54) throws -> Probe {
    let probe = Probe()
    probe.version = version
    try probe.send([request(.hello), request(.logon)])
    for _ in 0..<2 { _ = probe.receive(.success([:])) }
    #expect(probe.isClean)
    return probe
  }

  private let syntaxError = BoltResponse.failure(
    ServerFailure(code: "Neo.ClientError.Statement.SyntaxError", message: "no"))

  /// The name of the sink with what it was told: `ok`, a code, or `close` when the connection is closed.
  private func told(_ action: Machine.Action) -> String {
    switch action {
    case .complete(let request, .success): "\(request.sink ?? "") ok"
    case .complete(let request, .failure(let error)): "\(request.sink ?? "") \(error.code)"
    case .completeAndClose(let request, let error): "\(request.sink ?? "") \(error.code) close"
    case .close(let error): "close \(error.code)"
    }
  }

  @Test func answersGoToTheirRequestsInOrder() throws {
    let probe = try ready()
    try probe.send([request(.run, "run"), request(.pull, "pull")])
    #expect(told(probe.receive(.success([:]))) == "run ok")
    #expect(probe.phase == .streaming)
    #expect(try probe.recordSink() == "pull")
    #expect(told(probe.receive(.success(["has_more": true]))) == "pull ok")
    #expect(probe.phase == .streaming)
    #expect(!probe.isClean)
    try probe.send([request(.discard, "discard", all: true)])
    #expect(told(probe.receive(.success(["has_more": false]))) == "discard ok")
    #expect(probe.isClean)
  }

  @Test func oldVersionsLogInWithHello() throws {
    let probe = Probe()
    probe.version = .v50
    try probe.send([request(.hello)])
    _ = probe.receive(.success([:]))
    #expect(probe.isClean)
  }

  @Test func aFailureIsGivenToAllThatIsIgnored() throws {
    let probe = try ready()
    try probe.send([
      request(.begin, "begin"), request(.run, "run"), request(.pull, "pull", all: true), request(.commit, "commit"),
    ])
    #expect(told(probe.receive(.success([:]))) == "begin ok")
    #expect(told(probe.receive(syntaxError)) == "run Neo.ClientError.Statement.SyntaxError")
    #expect(probe.phase == .failed)
    #expect(told(probe.receive(.ignored)) == "pull Neo.ClientError.Statement.SyntaxError")
    #expect(told(probe.receive(.ignored)) == "commit Neo.ClientError.Statement.SyntaxError")
    let error = #expect(throws: BoltError.self) { try probe.send([request(.run)]) }
    #expect(error?.code.rawValue == "Neo.ClientError.Statement.SyntaxError")
    try probe.send([request(.reset, "reset"), request(.run, "next")])
    #expect(told(probe.receive(.success([:]))) == "reset ok")
    #expect(told(probe.receive(.success([:]))) == "next ok")
    #expect(probe.phase == .streaming)
  }

  @Test func aResetInterruptsWhatIsUnderWay() throws {
    let probe = try ready()
    try probe.send([request(.run, "run"), request(.pull, "pull")])
    try probe.send([request(.reset, "reset")])
    #expect(told(probe.receive(.ignored)) == "run Closed")
    #expect(told(probe.receive(.ignored)) == "pull Closed")
    #expect(told(probe.receive(.success([:]))) == "reset ok")
    #expect(probe.isClean)
  }

  @Test func resultsOfATransactionAreCounted() throws {
    let probe = try ready()
    try probe.send([request(.begin)])
    _ = probe.receive(.success([:]))
    for _ in 0..<2 {
      try probe.send([request(.run), request(.pull)])
      _ = probe.receive(.success(["qid": 1]))
      _ = probe.receive(.success(["has_more": true]))
    }
    #expect(probe.openStreams == 2)
    #expect(throws: BoltError.self) { try probe.send([request(.commit)]) }
    try probe.send([request(.discard, all: true)])
    _ = probe.receive(.success([:]))
    #expect(probe.phase == .transactionStreaming)
    try probe.send([request(.pull, all: true), request(.commit)])
    _ = probe.receive(.success([:]))
    #expect(probe.phase == .transactionReady)
    _ = probe.receive(.success(["bookmark": "b"]))
    #expect(probe.isClean)
  }

  @Test func whatMakesNoSenseIsNotSent() throws {
    #expect(throws: BoltError.self) { try Probe().send([request(.run)]) }
    let probe = try ready()
    for kind in [BoltRequest.Kind.pull, .discard, .commit, .rollback, .hello, .logon] {
      let error = #expect(throws: BoltError.self) { try probe.send([request(kind)]) }
      #expect(error?.code == .misuse)
    }
    try probe.send([request(.run)])
    #expect(throws: BoltError.self) { try probe.send([request(.begin)]) }
    #expect(probe.openRequests == 1)
  }

  @Test func unexpectedAnswersCloseTheConnection() throws {
    var probe = try ready()
    #expect(told(probe.receive(.success([:]))) == "close ProtocolViolation")
    #expect(throws: BoltError.self) { try probe.send([request(.run)]) }

    probe = try ready()
    #expect(throws: BoltError.self) { try probe.recordSink() }
    try probe.send([request(.run, "run")])
    #expect(throws: BoltError.self) { try probe.recordSink() }
    #expect(told(probe.receive(.ignored)) == "run ProtocolViolation close")
  }

  @Test(arguments: [BoltRequest.Kind.reset, .logoff])
  func aRefusedResetClosesTheConnection(_ kind: BoltRequest.Kind) throws {
    let probe = try ready()
    try probe.send([request(kind, "x")])
    #expect(told(probe.receive(syntaxError)) == "x Neo.ClientError.Statement.SyntaxError close")
  }

  @Test func aRefusedLoginClosesTheConnection() throws {
    let probe = Probe()
    probe.version = .v54
    try probe.send([request(.hello, "hello"), request(.logon, "logon")])
    _ = probe.receive(.success([:]))
    let refusal = BoltResponse.failure(ServerFailure(code: "Neo.ClientError.Security.Unauthorized", message: "no"))
    #expect(told(probe.receive(refusal)) == "logon Neo.ClientError.Security.Unauthorized close")
  }

  @Test(arguments: [BoltRequest.Kind.logoff, .logon])
  func aLoginThatIsIgnoredClosesTheConnection(_ first: BoltRequest.Kind) throws {
    let probe = try ready()
    try probe.send([request(.logoff, "logoff"), request(.logon, "logon"), request(.run, "run")])
    try probe.send([request(.reset, "reset")])
    if first == .logon { #expect(told(probe.receive(.success([:]))) == "logoff ok") }
    // A reset interrupts what stands before it: as whom the connection is logged in then, nobody can say.
    #expect(told(probe.receive(.ignored)).hasSuffix("close"))
    #expect(probe.phase == .defunct)
  }

  @Test func aLostCommitIsInDoubtAndNothingElseIs() throws {
    let probe = try ready()
    try probe.send([request(.begin)])
    _ = probe.receive(.success([:]))
    try probe.send([request(.run, "run"), request(.pull, "pull", all: true), request(.commit, "commit")])
    let lost = probe.close(BoltError(.serviceUnavailable, "gone"))
    #expect(lost.map { $0.request.sink } == ["run", "pull", "commit"])
    #expect(lost.map(\.error.code) == [.serviceUnavailable, .serviceUnavailable, .incompleteCommit])
    #expect(lost.map(\.error.isRetryable) == [true, true, false])
    let after = #expect(throws: BoltError.self) { try probe.send([request(.reset)]) }
    #expect(after?.code == .serviceUnavailable)
  }

  @Test func aCommitThatIsAnsweredWithNonsenseIsInDoubt() throws {
    let probe = try ready()
    try probe.send([request(.begin)])
    _ = probe.receive(.success([:]))
    try probe.send([request(.commit, "commit")])
    #expect(told(probe.receive(.ignored)) == "commit IncompleteCommit close")
  }

  @Test func whatStoodBehindAFailureFailedWithItWhenTheServerHangsUp() throws {
    let probe = try ready()
    try probe.send([
      request(.begin), request(.run, "run"), request(.pull, "pull", all: true), request(.commit, "commit"),
    ])
    _ = probe.receive(.success([:]))
    _ = probe.receive(syntaxError)
    try probe.send([request(.reset, "reset"), request(.run, "next")])
    let lost = probe.close(BoltError(.serviceUnavailable, "gone"))
    #expect(lost.map { $0.request.sink } == ["pull", "commit", "reset", "next"])
    let refused = BoltError.Code("Neo.ClientError.Statement.SyntaxError")
    #expect(lost.map(\.error.code) == [refused, refused, .serviceUnavailable, .serviceUnavailable])
  }

  @Test func goodbyeHasNoAnswer() throws {
    let probe = try ready()
    try probe.send([request(.goodbye)])
    #expect(probe.openRequests == 0)
    #expect(throws: BoltError.self) { try probe.send([request(.run)]) }
  }
}
