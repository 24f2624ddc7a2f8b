import Actors
import BoltDriver

extension BackendConnection {
  /// Does what a request asks for.
  ///
  /// - Parameters:
  ///   - request: Its name.
  ///   - fields: What comes with it.
  /// - Throws: What the driver throws, or ``BackendFault`` for a request that is not understood.
  func answer(_ request: String, _ fields: RequestFields) async throws -> Answer {
    if let answer = try await answerTest(request, fields) { return answer }
    if let answer = try await answerDriver(request, fields) { return answer }
    if let answer = try await answerServer(request, fields) { return answer }
    if let answer = try await answerSession(request, fields) { return answer }
    if let answer = try await answerTransaction(request, fields) { return answer }
    if let answer = try await answerResult(request, fields) { return answer }
    if let answer = try await answerManager(request, fields) { return answer }
    throw BackendFault("the request is unknown")
  }

  /// Requests about the tests themselves and their clock.
  private func answerTest(_ request: String, _ fields: RequestFields) async throws -> Answer? {
    switch request {
    case "StartTest":
      fields.ignore("testName")
      return Answer("RunTest")
    case "StartSubTest":
      fields.ignore("testName", "subtestArguments")
      return Answer("RunTest")
    case "GetFeatures":
      return Answer("FeatureList", ["features": .array(options.features.names.map(JSONValue.string))])
    case "FakeTimeInstall": clock.stop()
    case "FakeTimeTick": try clock.advance(by: try fields.milliseconds("incrementMs") ?? .zero)
    case "FakeTimeUninstall": clock.restart()
    default: return nil
    }
    return Answer("FakeTimeAck")
  }
}
