/// How large and how deep a message may be to be decoded.
public struct DecodingLimits: Sendable, Hashable {
  /// How many arrays and objects may be open at once, the envelope included; never more than 512.
  public var maxDepth: Int {
    didSet { maxDepth = min(maxDepth, Self.maxDepthEver) }
  }
  /// The largest body, in bytes.
  public var maxBodySize: Int

  /// Decoding an argument into a Swift type recurses with its depth, on a thread whose stack may be small.
  static let maxDepthEver = 512

  /// Makes limits.
  ///
  /// - Parameters:
  ///   - maxDepth: How many arrays and objects may be open at once; at most 512.
  ///   - maxBodySize: The largest body, in bytes; 16 MiB by default, as in the broker itself.
  public init(maxDepth: Int = 128, maxBodySize: Int = 16 * 1_024 * 1_024) {
    self.maxDepth = min(maxDepth, Self.maxDepthEver)
    self.maxBodySize = maxBodySize
  }
}
