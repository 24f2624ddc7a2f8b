/// A value that came well-formed but cannot be represented: a structure that the driver does not know, one with parts
/// that make no sense, or one that the server itself replaced because the protocol version is too old for it.
///
/// It does not break the record nor the connection; only reading it as something else throws.
public struct BoltUnsupportedValue: Sendable, Hashable {
  /// What it is: the server's type name, or the structure's tag.
  public let name: String
  /// Why it cannot be represented, and what would help.
  public let reason: String
  /// The oldest protocol version that has the type, when the server said so.
  public let minimumVersion: BoltVersion?
  /// What the server had to say about it, when it was the server that replaced the value.
  public let message: String?
  /// The tag of the structure as it came.
  public let tag: UInt8
  /// The fields of the structure as they came.
  public let fields: [BoltValue]

  package init(
    name: String, reason: String, minimumVersion: BoltVersion? = nil, message: String? = nil, tag: UInt8,
    fields: [BoltValue]
  ) {
    self.name = name
    self.reason = reason
    self.minimumVersion = minimumVersion
    self.message = message
    self.tag = tag
    self.fields = fields
  }
}
