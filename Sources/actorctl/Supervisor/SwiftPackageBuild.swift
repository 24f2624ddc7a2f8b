import Glibc
import Subprocess
import SystemPackage

/// Builds a product of the Swift package in a folder, and says where it lies.
struct SwiftPackageBuild: Sendable {
  /// The product's name.
  let product: String
  /// `debug` or `release`.
  let configuration: String
  /// The folder of the package.
  let folder: String

  /// Whether there is a package in the folder.
  var hasPackage: Bool { access("\(folder)/Package.swift", R_OK) == 0 }

  /// Runs `swift build`; its output goes to stderr.
  ///
  /// - Throws: ``CommandFailure`` when it fails.
  func build() async throws(CommandFailure) {
    do {
      let result = try await Subprocess.run(
        .name("swift"), arguments: ["build", "--no-color-diagnostics", "-c", configuration, "--product", product],
        workingDirectory: FilePath(folder), input: .none,
        output: .fileDescriptor(.standardError, closeAfterSpawningProcess: false),
        error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
      if result.terminationStatus.isSuccess { return }
    } catch { throw Self.noSwift(error) }
    throw CommandFailure(.configuration, "the product \(Printable.escape(product)) cannot be built; see above")
  }

  /// The path of the built executable.
  ///
  /// - Throws: ``CommandFailure`` when there is none.
  func executable() async throws(CommandFailure) -> String {
    var text = ""
    do {
      let result = try await Subprocess.run(
        .name("swift"), arguments: ["build", "-c", configuration, "--show-bin-path"],
        workingDirectory: FilePath(folder), input: .none, output: .string(limit: 64 * 1024),
        error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
      text = result.standardOutput
    } catch { throw Self.noSwift(error) }
    guard let line = text.split(separator: "\n").last, line.hasPrefix("/") else {
      throw CommandFailure(.configuration, "swift build --show-bin-path named no folder in \(folder)")
    }
    let path = "\(line)/\(product)"
    guard access(path, X_OK) == 0 else {
      throw CommandFailure(
        .notFound, "there is no built product \(Printable.escape(path)); build it, or leave out --no-build")
    }
    return path
  }

  private static func noSwift(_ error: any Error) -> CommandFailure {
    CommandFailure(.unavailable, "swift cannot be run: \(error); give the path of a built executable instead")
  }
}
