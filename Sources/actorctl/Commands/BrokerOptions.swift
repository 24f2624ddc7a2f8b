import Actors
import ArgumentParser
import Glibc
import Logging

/// Where the broker is: flags before the environment.
struct BrokerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("File with the broker's URL (mode 0600).", valueName: "path"))
  var brokerURLFile: String?

  @Option(
    help: ArgumentHelp(
      "The broker's URL; for one with a password use --broker-url-file, AMQP_URL or AMQP_URL_FILE.", valueName: "url"))
  var brokerURL: String?

  func validate() throws {
    if brokerURL != nil && brokerURLFile != nil {
      throw ValidationError("--broker-url and --broker-url-file exclude each other")
    }
  }

  /// What the flags change in the environment, for this process and for workers; nil removes a variable.
  var environmentChanges: [String: String?] {
    if let brokerURL { return ["AMQP_URL": brokerURL, "AMQP_URL_FILE": String?.none] }
    if let brokerURLFile { return ["AMQP_URL_FILE": brokerURLFile] }
    return [:]
  }

  /// The broker to use. Warns of secrets that others can read.
  ///
  /// - Throws: ``CommandFailure`` (`configuration`).
  func configuration(_ console: Console) throws(CommandFailure) -> RabbitMQConfiguration {
    warn(console)
    var environment = console.environment
    for (name, value) in environmentChanges { environment[name] = value }
    do {
      var configuration = try RabbitMQConfiguration(environment: environment)
      configuration.connectionName = "actorctl:\(getpid())"
      return configuration
    } catch { throw CommandFailure(.configuration, "\(error)") }
  }

  /// Says what is wrong with how the secret was given.
  func warn(_ console: Console) {
    if let brokerURL, let at = brokerURL.lastIndex(of: "@"),
      brokerURL[..<at].split(separator: "/").last?.contains(":") == true
    {
      console.warn(
        "a password on the command line can be read by every user of this machine; "
          + "put the URL into a file (--broker-url-file) or into AMQP_URL")
    }
    guard let path = brokerURLFile else { return }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & 0o077 != 0 {
      console.warn("\(Printable.escape(path)) can be read by others; make it mode 0600")
    }
  }
}
