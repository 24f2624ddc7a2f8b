import FoundationEssentials
import Testing

@testable import BoltDriver

@Suite("The driver's configuration")
struct DriverConfigurationTests {
  @Test("The defaults are those of the official drivers")
  func defaults() throws {
    let configuration = try DriverConfiguration("bolt://h")
    #expect(configuration.maximumPoolSize == 100 && configuration.fetchSize == 1000)
    #expect(configuration.acquisitionTimeout == .seconds(60) && configuration.connectTimeout == .seconds(30))
    #expect(configuration.maximumConnectionLifetime == .seconds(3600) && configuration.livenessCheckIdle == nil)
    #expect(configuration.maximumRetryTime == .seconds(30) && configuration.keepAlive && configuration.database == nil)
    #expect(configuration.auth == .unauthenticated && configuration.trust == .system)
    try configuration.validate()
  }

  @Test("A port that TCP has not is refused before anything is opened", arguments: [0, -1, 65_536, 70_000])
  func impossiblePort(_ port: Int) throws {
    let uri = BoltURI(scheme: .bolt, address: ServerAddress(host: "127.0.0.1", port: port))
    let error = #expect(throws: BoltError.self) { try DriverConfiguration(uri: uri).validate() }
    #expect(error?.code == .invalidConfiguration && error?.message.contains("\(port)") == true)
  }

  @Test("A resolver's port that TCP has not fails the work, not the process", .timeLimit(.minutes(1)))
  func impossiblePortOfAResolver() async throws {
    var configuration = try DriverConfiguration("neo4j://cluster.invalid")
    configuration.maximumRetryTime = .zero
    configuration.resolver = { _ in [ServerAddress(host: "127.0.0.1", port: 70_000)] }
    let driver = try Driver(configuration)
    let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
    #expect(error?.code == .invalidConfiguration)
    await driver.close()
  }

  @Test("Nothing in the environment means the server of this machine, without login")
  func emptyEnvironment() throws {
    let configuration = try DriverConfiguration(environment: ["BOLT_URL": "", "BOLT_PASSWORD": ""])
    #expect(configuration.uri.description == "bolt://127.0.0.1:7687")
    #expect(configuration.auth == .unauthenticated && configuration.database == nil)
  }

  @Test("URL, user, password and database from the environment")
  func environment() throws {
    let configuration = try DriverConfiguration(environment: [
      "BOLT_URL": "bolt+s://graph:7999", "BOLT_USER": "ada", "BOLT_PASSWORD": "hunter2", "BOLT_DATABASE": "books",
      "BOLT_CA_FILE": "/ca.pem",
    ])
    #expect(configuration.uri.address == ServerAddress(host: "graph", port: 7999))
    #expect(configuration.auth == .basic("ada", password: "hunter2") && configuration.database == "books")
    #expect(configuration.trust == .certificateFiles(["/ca.pem"]))
    var shown = ""
    dump(configuration, to: &shown)
    #expect(!shown.contains("hunter2") && !"\(configuration)".contains("hunter2"))
  }

  @Test("A password file goes before the variable, and its line end does not count")
  func passwordFile() throws {
    let path = temporaryFolder + "/bolt-password-\(UInt64.random(in: 0...UInt64.max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(FileManager.default.createFile(atPath: path, contents: Data("s3cret \r\n".utf8)))
    let variables = ["BOLT_USER": "ada", "BOLT_PASSWORD": "other", "BOLT_PASSWORD_FILE": path]
    #expect(try DriverConfiguration(environment: variables).auth == .basic("ada", password: "s3cret "))
    #expect(FileManager.default.createFile(atPath: path, contents: Data("\n".utf8)))
    #expect(throws: BoltError.self) { try DriverConfiguration(environment: variables) }
    #expect(FileManager.default.createFile(atPath: path, contents: Data([0xFF, 0xFE])))
    #expect(throws: BoltError.self) { try DriverConfiguration(environment: variables) }
  }

  @Test(
    "What does not fit together is refused, without repeating a password",
    arguments: [
      ["BOLT_USER": "ada"], ["BOLT_PASSWORD": "hunter2"], ["BOLT_URL": "http://h"],
      ["BOLT_USER": "a", "BOLT_PASSWORD_FILE": "/nowhere/at/all"],
      ["BOLT_URL": "bolt://u:hunter2@h"],
    ])
  func refused(environment: [String: String]) {
    do {
      _ = try DriverConfiguration(environment: environment)
      Issue.record("taken")
    } catch {
      #expect((error as? BoltError)?.code == .invalidConfiguration && !"\(error)".contains("hunter2"))
    }
  }

  @Test("Settings that cannot be are refused before anything is opened")
  func validation() throws {
    let changes: [@Sendable (inout DriverConfiguration) -> Void] = [
      { $0.maximumPoolSize = 0 }, { $0.acquisitionTimeout = .zero }, { $0.connectTimeout = .seconds(-1) },
      { $0.maximumConnectionLifetime = .zero }, { $0.livenessCheckIdle = .seconds(-1) }, { $0.fetchSize = 0 },
      { $0.fetchSize = -2 }, { $0.maximumRetryTime = .seconds(-1) }, { $0.userAgent = "" },
      { $0.trust = .certificateFiles([]) }, { $0.trust = .certificateFiles(["/ca.pem"]) },
    ]
    for change in changes {
      var configuration = try DriverConfiguration("bolt://h")
      change(&configuration)
      #expect(throws: BoltError.self) { try configuration.validate() }
    }
    var secure = try DriverConfiguration("bolt+s://h")
    secure.trust = .certificateFiles(["/ca.pem"])
    secure.fetchSize = -1
    secure.livenessCheckIdle = .zero
    secure.maximumConnectionLifetime = nil
    try secure.validate()
  }

  @Test("Encryption and trust are said once: by the scheme, or by the settings")
  func encryptionAndTrust() throws {
    func encryption(
      _ uri: String, _ change: (inout DriverConfiguration) -> Void
    ) throws -> BoltURI.Encryption {
      var configuration = try DriverConfiguration(uri)
      change(&configuration)
      try configuration.validate()
      return configuration.encryption
    }
    for scheme in ["bolt", "neo4j"] {
      #expect(try encryption("\(scheme)://h") { _ in } == .none)
      #expect(try encryption("\(scheme)://h") { $0.encrypted = false } == .none)
      #expect(try encryption("\(scheme)://h") { $0.encrypted = true } == .verified)
      #expect(
        try encryption("\(scheme)://h") {
          $0.encrypted = true
          $0.trust = .certificateFiles(["/ca.pem"])
        } == .verified)
      #expect(
        try encryption("\(scheme)://h") {
          $0.encrypted = true
          $0.trust = .anyCertificate
        } == .anyCertificate)
      // What would silently be passed over is refused.
      for encrypted in [nil, false] {
        let error = #expect(throws: BoltError.self) {
          try encryption("\(scheme)://h") {
            $0.encrypted = encrypted
            $0.trust = .anyCertificate
          }
        }
        #expect(error?.code == .invalidConfiguration && error?.message.contains("\(scheme)+ssc://") == true)
      }
      #expect(throws: BoltError.self) { try encryption("\(scheme)+s://h") { $0.trust = .anyCertificate } }
      #expect(throws: BoltError.self) {
        try encryption("\(scheme)+ssc://h") { $0.trust = .certificateFiles(["/ca.pem"]) }
      }
      #expect(try encryption("\(scheme)+ssc://h") { $0.trust = .anyCertificate } == .anyCertificate)
      for secure in ["\(scheme)+s", "\(scheme)+ssc"] {
        for encrypted in [true, false] {
          let error = #expect(throws: BoltError.self) { try encryption("\(secure)://h") { $0.encrypted = encrypted } }
          #expect(error?.message.contains("encryption") == true && error?.message.contains("trust") == true)
        }
      }
    }
  }

  @Test("A certificate of one's own needs TLS to be shown in")
  func clientCertificateWithoutTLS() throws {
    var configuration = try DriverConfiguration("bolt://h")
    configuration.clientCertificate = StaticClientCertificateProvider(
      ClientCertificate(certificateFile: "/c.pem", privateKeyFile: "/k.pem"))
    let error = #expect(throws: BoltError.self) { try configuration.validate() }
    #expect(error?.code == .invalidConfiguration)
    configuration.encrypted = true
    try configuration.validate()
  }

  private var temporaryFolder: String { FileManager.default.temporaryDirectory.path }
}
