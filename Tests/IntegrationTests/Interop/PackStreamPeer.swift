import FoundationEssentials
import TestSupport

/// The codec of the official Neo4j driver for Python.
enum PackStreamPeer {
  /// A value that Python read, or made.
  struct Value: Sendable {
    /// The name of the dialect it is in.
    let dialect: String
    /// What it means to Python.
    let meaning: String
    /// As Python packs it; nil when only servers send it.
    let packed: [UInt8]?
  }

  /// Lets Python read values, and pack them again.
  ///
  /// - Parameter values: Packed values, each with the name of its dialect.
  /// - Returns: What became of them, in order.
  static func read(_ values: [(dialect: String, packed: [UInt8])]) async throws -> [Value] {
    let read = try await run(seed: 0, count: 0, input: values)
    guard read.count == values.count else {
      throw WireError("\(values.count) values were given, \(read.count) came back")
    }
    return read
  }

  /// Values that Python makes from a seed, so many in every dialect.
  static func make(_ count: Int, seed: UInt64) async throws -> [Value] {
    try await run(seed: seed, count: count, input: [])
  }

  private static func run(
    seed: UInt64, count: Int, input: [(dialect: String, packed: [UInt8])]
  ) async throws -> [Value] {
    try await PythonPeer.requirePython()
    let file = try ProjectLayout.temporaryFolder("packstream") + "/values"
    let lines = input.map { "\($0.dialect) \(Hexadecimal.text($0.packed))\n" }
    try Data(lines.joined().utf8).write(to: URL(filePath: file))
    let result = try await TestSupport.run(
      "/bin/sh",
      [
        "-c", "exec \"$0\" \"$1\" \"$2\" \"$3\" <\"$4\"", ProjectLayout.python,
        "\(ProjectLayout.pythonTests)/packstream.py", "\(seed)", "\(count)", file,
      ], within: .seconds(180))
    guard result.exit == .code(0) else { throw WireError("packstream.py: \(result.output.suffix(3_000))") }
    return try result.output.split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      guard words.count == 4 else { throw WireError("packstream.py: \(line.prefix(200))") }
      return Value(dialect: String(words[1]), meaning: String(words[2]), packed: Hexadecimal.bytes(words[3]))
    }
  }
}
