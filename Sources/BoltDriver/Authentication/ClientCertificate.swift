/// The certificate with which this program proves who it is (mutual TLS). Its description does not show the password.
public struct ClientCertificate: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  /// A PEM file with the certificate, and those that lead from it to the authority.
  public var certificateFile: String
  /// A PEM file with the private key.
  public var privateKeyFile: String
  /// The password of the key's file; nil when it has none.
  public var password: String?

  /// A certificate in files.
  ///
  /// - Parameters:
  ///   - certificateFile: A PEM file with the certificate, and those that lead from it to the authority.
  ///   - privateKeyFile: A PEM file with the private key.
  ///   - password: The password of the key's file; nil when it has none.
  public init(certificateFile: String, privateKeyFile: String, password: String? = nil) {
    self.certificateFile = certificateFile
    self.privateKeyFile = privateKeyFile
    self.password = password
  }

  /// The files.
  public var description: String { "ClientCertificate(\(certificateFile), \(privateKeyFile))" }
  /// Shows the files.
  public var customMirror: Mirror {
    Mirror(self, children: ["certificateFile": certificateFile, "privateKeyFile": privateKeyFile])
  }
}
