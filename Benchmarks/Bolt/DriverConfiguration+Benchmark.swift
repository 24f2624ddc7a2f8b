import BoltDriver
import Glibc

extension DriverConfiguration {
  /// The server of `BOLT_URL`, `BOLT_USER`, `BOLT_PASSWORD` and `BOLT_DATABASE`.
  static func ofEnvironment() throws -> DriverConfiguration {
    let names = ["BOLT_URL", "BOLT_USER", "BOLT_PASSWORD", "BOLT_DATABASE", "BOLT_CA_FILE"]
    var environment: [String: String] = [:]
    for name in names { environment[name] = getenv(name).map { String(cString: $0) } }
    return try DriverConfiguration(environment: environment)
  }
}
