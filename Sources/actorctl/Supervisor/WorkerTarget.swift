import Glibc

/// What `actorctl worker` and `queues ls --worker` are given: a product of the package in the current folder, or the
/// path of an executable.
struct WorkerTarget: Sendable {
  /// The path of the executable.
  let executable: String
  /// How to build it anew; nil for a path.
  let package: SwiftPackageBuild?

  /// Finds the executable; builds it first when it is a product.
  ///
  /// - Throws: ``CommandFailure``.
  static func resolve(
    _ name: String, configuration: String, builds: Bool, folder: String
  ) async throws(CommandFailure) -> WorkerTarget {
    if name.contains("/") {
      let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
      try check(path)
      return WorkerTarget(executable: path, package: nil)
    }
    let package = SwiftPackageBuild(product: name, configuration: configuration, folder: folder)
    guard package.hasPackage else {
      throw CommandFailure(
        .notFound,
        "there is no Package.swift in \(Printable.escape(folder)) to build \(Printable.escape(name)) from; "
          + "go to the package's folder, or give the path of an executable (./\(Printable.escape(name)))")
    }
    if builds { try await package.build() }
    return WorkerTarget(executable: try await package.executable(), package: builds ? package : nil)
  }

  private static func check(_ path: String) throws(CommandFailure) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw CommandFailure(.notFound, "\(Printable.escape(path)): \(SystemError.text(errno))")
    }
    guard status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else {
      throw CommandFailure(.permission, "\(Printable.escape(path)) is no executable file")
    }
  }
}
