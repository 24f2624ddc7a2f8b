extension PipelineStep {
  /// A pipeline that runs `lhs`, then `rhs` with its result.
  public static func | (lhs: Self, rhs: some PipelineStep) -> Pipeline { Pipeline([lhs, rhs]) }

  /// A pipeline that runs `lhs`, then `rhs` with its result.
  ///
  /// - Throws: `EncodingError` when a property of `rhs` cannot be written as JSON.
  public static func | (lhs: Self, rhs: some ActorMessage) throws -> Pipeline { Pipeline([lhs, try rhs.message()]) }
}

extension ActorMessage {
  /// A pipeline that runs `lhs`, then `rhs` with its result.
  ///
  /// - Throws: `EncodingError` when a property of `lhs` cannot be written as JSON.
  public static func | (lhs: Self, rhs: some PipelineStep) throws -> Pipeline { Pipeline([try lhs.message(), rhs]) }

  /// A pipeline that runs `lhs`, then `rhs` with its result.
  ///
  /// - Throws: `EncodingError` when a property cannot be written as JSON.
  public static func | (lhs: Self, rhs: some ActorMessage) throws -> Pipeline {
    Pipeline([try lhs.message(), try rhs.message()])
  }
}
