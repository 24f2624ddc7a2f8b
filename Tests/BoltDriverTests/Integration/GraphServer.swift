import FoundationEssentials
import Testing

@testable import BoltDriver

/// The real server that the environment names; tests that need it fail without. `make test` starts one.
///
/// - `TROUPE_TEST_BOLT_URL`, `TROUPE_TEST_BOLT_USER`, `TROUPE_TEST_BOLT_PASSWORD`: where it is and who logs in.
/// - `TROUPE_TEST_BOLT_DATABASES`: two databases, separated by a comma.
/// - `TROUPE_TEST_BOLT_CA`: the certificate authority of its TLS.
enum GraphServer {
  private static let environment = ProcessInfo.processInfo.environment
  private static let url = environment["TROUPE_TEST_BOLT_URL"]
  private static let user = environment["TROUPE_TEST_BOLT_USER"] ?? "root"
  private static let password = environment["TROUPE_TEST_BOLT_PASSWORD"] ?? "graphdb-test"

  static let authority = environment["TROUPE_TEST_BOLT_CA"]
  static let databases = (environment["TROUPE_TEST_BOLT_DATABASES"] ?? "graph,other").split(separator: ",").map(
    String.init)

  static func configuration(_ scheme: BoltURI.Scheme = .bolt) throws -> DriverConfiguration {
    let url = try #require(url, "TROUPE_TEST_BOLT_URL names no graph server; see CONTRIBUTING.md, or run make test")
    var uri = try BoltURI(url)
    uri.scheme = scheme
    return DriverConfiguration(uri: uri, auth: .basic(user, password: password), database: databases.first)
  }

  /// Lends a driver that must have nothing in use at the end.
  static func withDriver<Result>(
    _ change: (inout DriverConfiguration) -> Void = { _ in }, _ body: (Driver) async throws -> Result
  ) async throws -> Result {
    var configuration = try configuration()
    change(&configuration)
    let driver = try Driver(configuration)
    do {
      let result = try await body(driver)
      try await soon("nothing is in use") { driver.poolMetrics.allSatisfy { $0.inUse == 0 } }
      await driver.close()
      return result
    } catch {
      await driver.close()
      throw error
    }
  }

  /// A label that no other test uses.
  static func uniqueLabel() -> String { "T\(UInt64.random(in: .min ... .max))" }
}
