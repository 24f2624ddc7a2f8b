import FoundationEssentials
import Glibc

/// Where things are in this checkout.
package enum ProjectLayout {
  /// The root of the repository.
  package static let root: String = {
    var parts = #filePath.split(separator: "/").map(String.init)
    parts.removeLast(3)
    return "/" + parts.joined(separator: "/")
  }()

  /// The folder that the build put its executables in: the one of the running test program.
  package static let products: String = {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return (link ?? "\(root)/.build/debug/tests").split(separator: "/", omittingEmptySubsequences: false)
      .dropLast().joined(separator: "/")
  }()

  /// The path of an executable product of this package.
  package static func product(_ name: String) -> String { "\(products)/\(name)" }

  /// The script that runs private RabbitMQ nodes.
  package static let rabbitmqScript = "\(root)/scripts/rabbitmq"

  /// The script that runs private graph servers.
  package static let graphScript = "\(root)/scripts/graphdb"

  /// The Python interpreter that has dramatiq and pika: `TROUPE_TEST_PYTHON`, else the one of the virtual environment.
  package static let python = environment("TROUPE_TEST_PYTHON") ?? "\(root)/.tools/venv/bin/python"

  /// A folder of the Python side of the tests.
  package static let pythonTests = "\(root)/Tests/Python"

  /// The value of an environment variable; nil when it is missing or empty.
  package static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// A fresh folder for one test's files, removed when the process ends.
  package static func temporaryFolder(_ stem: String) throws -> String {
    var template = Array("\(scratch)/\(stem)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemFailure("mkdtemp under \(scratch)") }
    return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The folder of everything that this run leaves on disk while it lives.
  package static let scratch: String = {
    let parent = environment("TMPDIR") ?? "/tmp"
    let folder = "\(parent)/troupe-tests-\(getpid())"
    mkdir(folder, 0o700)
    Janitor.shared.remove(folder)
    return folder
  }()
}

/// A system call failed.
package struct SystemFailure: Error, CustomStringConvertible {
  /// Which call, and the system's words.
  package let description: String
  /// Makes the error from the current `errno`, or the code given.
  package init(_ call: String, code: Int32 = errno) { description = "\(call): \(String(cString: strerror(code)))" }
}
