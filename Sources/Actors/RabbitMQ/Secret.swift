/// A text that must never be printed: its description is `***`.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String

  /// Wraps a secret.
  public init(_ text: String) { self.text = text }

  /// Always `***`.
  public var description: String { "***" }
  /// Always `***`.
  public var debugDescription: String { "***" }
  /// Shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// Lends the text to the one place that has to send it.
  package func reveal<R>(_ body: (String) throws -> R) rethrows -> R { try body(text) }
}
