import Actors
import ArgumentParser
import BoltDriver
import Glibc

/// Where the graph is: flags before the environment. There is no flag for the password itself: every user of the
/// machine could read it.
struct GraphOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The graph's URL (default: BOLT_URL, else bolt://127.0.0.1:7687).", valueName: "url"))
  var boltURL: String?

  @Option(help: ArgumentHelp("Who logs in (default: BOLT_USER).", valueName: "name"))
  var boltUser: String?

  @Option(
    help: ArgumentHelp(
      "File with the password, mode 0600 (default: BOLT_PASSWORD_FILE, BOLT_PASSWORD).", valueName: "path"))
  var boltPasswordFile: String?

  @Option(help: ArgumentHelp("The database (default: BOLT_DATABASE, else the user's).", valueName: "name"))
  var boltDatabase: String?

  @Option(
    help: ArgumentHelp("How long the whole may take.", valueName: "duration"),
    transform: GraphOptions.duration)
  var timeout = Duration.seconds(30)

  @Sendable static func duration(_ text: String) throws -> Duration {
    guard let duration = DurationText.parse(text), duration > .zero else {
      throw ValidationError("\(text.debugDescription) is no duration above zero; write 10s, 500ms or 5m")
    }
    return duration
  }

  /// The configuration of the command's own driver. Warns of a secret that others can read.
  ///
  /// - Throws: ``CommandFailure`` (`configuration`).
  func configuration(_ console: Console) throws(CommandFailure) -> DriverConfiguration {
    var environment = console.environment
    func set(_ name: String, _ value: String?) { if let value { environment[name] = value } }
    set("BOLT_URL", boltURL)
    set("BOLT_USER", boltUser)
    set("BOLT_PASSWORD_FILE", boltPasswordFile)
    set("BOLT_DATABASE", boltDatabase)
    if let path = boltPasswordFile {
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & 0o077 != 0 {
        console.warn("\(Printable.escape(path)) can be read by others; make it mode 0600")
      }
    }
    do {
      var configuration = try DriverConfiguration(environment: environment)
      configuration.maximumPoolSize = 1
      configuration.acquisitionTimeout = timeout
      configuration.connectTimeout = timeout
      // Whoever waits at a terminal would rather know.
      configuration.maximumRetryTime = .zero
      return configuration
    } catch { throw GraphFailure.failure(error) }
  }
}
