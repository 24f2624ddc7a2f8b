import ArgumentParser
import BoltDriver

/// Lets TestKit, the conformance suite of the official Neo4j drivers, drive the Bolt driver: a server that does with the
/// driver what the suite asks for, and tells it what came of it.
///
/// The suite of 2024 knows no neutral expectations for errors: it has to be told whose names of errors it shall expect.
/// Those of the Python driver are the only ones that all of its tests know, so they are what ``ErrorName`` translates to.
/// It says nothing of the driver, whose errors are its own.
@main
struct TestKitBackend: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "TestKitBackend", abstract: "Lets the TestKit suite drive the Bolt driver.")

  @Option(help: "The address to listen on.")
  var host = "0.0.0.0"

  @Option(help: "The port to listen on; 0 for any that is free.")
  var port = 9876

  @Option(help: "The generation of the suite, whose flags are announced: \(FeatureList.Generation.names).")
  var suite = FeatureList.Generation.october2024

  @Option(help: "The folder of the certificate authorities that the suite names by their files.")
  var certificates = "/usr/local/share/custom-ca-certificates"

  nonisolated func run() async throws {
    let options = BackendOptions(features: FeatureList(suite), certificateFolder: certificates)
    let server = try await BackendServer.listen(host: host, port: port, options)
    print("listening on \(host):\(server.port)")
    try await server.run()
  }
}
