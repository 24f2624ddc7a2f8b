internal import FoundationEssentials

extension DriverConfiguration {
  /// The configuration that the environment describes.
  ///
  /// - `BOLT_URL`: the server, `bolt://127.0.0.1:7687` when it is not set.
  /// - `BOLT_USER`, and `BOLT_PASSWORD` or `BOLT_PASSWORD_FILE` (a file with the password, which goes before): basic
  ///   authentication; none of them: no authentication.
  /// - `BOLT_DATABASE`: the database; not set: the user's home database.
  /// - `BOLT_CA_FILE`: a PEM file with the certificate authorities to believe; not set: those of the system.
  ///
  /// An empty variable counts as not set.
  ///
  /// - Parameter environment: The variables, `ProcessInfo.processInfo.environment` for those of the process.
  /// - Throws: ``BoltError`` (`invalidConfiguration`), which names variables but never a password.
  public init(environment: [String: String]) throws {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let uri: BoltURI
    do {
      uri = try BoltURI(value("BOLT_URL") ?? "bolt://127.0.0.1:\(ServerAddress.defaultPort)")
    } catch let error as BoltError {
      throw BoltError(.invalidConfiguration, "BOLT_URL: \(error.message)")
    }
    var password = value("BOLT_PASSWORD")
    if let path = value("BOLT_PASSWORD_FILE") { password = try Self.password(fromFile: path) }
    let auth: AuthToken
    switch (value("BOLT_USER"), password) {
    case (nil, nil): auth = .unauthenticated
    case (let user?, let password?): auth = .basic(user, password: password)
    case (_?, nil):
      throw BoltError(
        .invalidConfiguration, "BOLT_USER is set, but neither BOLT_PASSWORD nor BOLT_PASSWORD_FILE: set one of them")
    case (nil, _?):
      throw BoltError(.invalidConfiguration, "a password is set, but not whose: set BOLT_USER")
    }
    self.init(uri: uri, auth: auth, database: value("BOLT_DATABASE"))
    if let path = value("BOLT_CA_FILE") { trust = .certificateFiles([path]) }
  }

  /// The password in a file, without the line end that editors append.
  private static func password(fromFile path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path), data.count <= 64 * 1024,
      let text = String(validating: data, as: UTF8.self)
    else { throw BoltError(.invalidConfiguration, "BOLT_PASSWORD_FILE: \(path) cannot be read as a short text") }
    var password = text[...]
    while let last = password.unicodeScalars.last, last == "\n" || last == "\r" {
      password = Substring(password.unicodeScalars.dropLast())
    }
    guard !password.isEmpty else { throw BoltError(.invalidConfiguration, "BOLT_PASSWORD_FILE: \(path) is empty") }
    return String(password)
  }
}
