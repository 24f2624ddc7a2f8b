import NIOSSL
import Synchronization

/// The TLS settings of new connections: made once, and again when the program shows another certificate of its own.
final class TLSContexts: Sendable {
  private struct State {
    var made: NIOSSLContext
    /// A certificate that the provider has handed over and that could not be read yet.
    var unread: ClientCertificate?
    /// The look for another certificate that is under way.
    var look: (number: UInt64, task: Task<NIOSSLContext, any Error>)?
    var looks: UInt64 = 0
  }

  private let base: TLSConfiguration
  private let certificates: (any ClientCertificateProvider)?
  private let state: Lock<State>

  /// - Parameters:
  ///   - base: All settings but the program's own certificate.
  ///   - certificates: Tells the program's own certificate; nil when it has none.
  /// - Throws: ``BoltError`` (`invalidConfiguration`) when TLS cannot be set up so.
  init(_ base: TLSConfiguration, certificates: (any ClientCertificateProvider)?) throws {
    self.base = base
    self.certificates = certificates
    state = Lock(State(made: try Self.context(base)))
  }

  /// The settings for the next connection.
  ///
  /// - Throws: ``BoltError`` (`invalidConfiguration`) when a certificate cannot be read; what the provider throws;
  ///   `CancellationError`.
  func current() async throws -> NIOSSLContext {
    guard let certificates else { return state.withLock { $0.made } }
    return try await look(certificates).valueUnlessCancelled()
  }

  /// The look under way, or a new one. A provider hands a certificate over once: whoever connects at the same time has
  /// to wait for it, or would show none.
  private func look(_ certificates: any ClientCertificateProvider) -> Task<NIOSSLContext, any Error> {
    state.withLock { state in
      if let look = state.look { return look.task }
      state.looks += 1
      let number = state.looks
      let task = Task.detached { [self] in
        defer { end(number) }
        return try update(try await certificates.updatedCertificate())
      }
      state.look = (number, task)
      return task
    }
  }

  private func end(_ number: UInt64) {
    state.withLock { state in if state.look?.number == number { state.look = nil } }
  }

  /// Makes the settings anew when there is a certificate to show. One whose files cannot be read is tried again with
  /// the next connection: going on without it would only be refused by the server, for a reason that misleads.
  private func update(_ new: ClientCertificate?) throws -> NIOSSLContext {
    let (certificate, made) = state.withLock { state in
      if let new { state.unread = new }
      return (state.unread, state.made)
    }
    guard let certificate else { return made }
    let context = try Self.context(showing: certificate, base)
    state.withLock { state in
      state.made = context
      state.unread = nil
    }
    return context
  }

  private static func context(_ tls: TLSConfiguration) throws -> NIOSSLContext {
    do {
      return try NIOSSLContext(configuration: tls)
    } catch {
      throw BoltError(.invalidConfiguration, "TLS cannot be set up with these certificates", underlying: error)
    }
  }

  private static func context(showing certificate: ClientCertificate, _ base: TLSConfiguration) throws -> NIOSSLContext
  {
    var tls = base
    do {
      tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate.certificateFile).map { .certificate($0) }
      tls.privateKey = .privateKey(try privateKey(certificate))
    } catch {
      throw BoltError(
        .invalidConfiguration,
        "the client certificate \(certificate.certificateFile) with the key "
          + "\(certificate.privateKeyFile) cannot be read: is the password right?", underlying: error)
    }
    return try context(tls)
  }

  private static func privateKey(_ certificate: ClientCertificate) throws -> NIOSSLPrivateKey {
    guard let password = certificate.password else {
      return try NIOSSLPrivateKey(file: certificate.privateKeyFile, format: .pem)
    }
    return try NIOSSLPrivateKey(file: certificate.privateKeyFile, format: .pem) { setter in setter(password.utf8) }
  }
}
