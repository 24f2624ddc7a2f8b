import Glibc

/// The settings of the test worker.
enum Environment {
  /// The text of a variable; nil when it is missing or empty.
  static func text(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// The number of a variable.
  static func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
}
