/// Messages that run one after the other, each with the result of the one before as its last positional argument.
///
/// ```swift
/// try await (Download(url: url) | Resize(width: 200) | Store()).send()
/// ```
///
/// The whole chain travels inside its first message, in the option `pipe_target`, so a pipeline may cross workers and
/// languages. The `Pipelines` middleware of the worker that ran a step sends the next one. A message with the option
/// `pipe_ignore` is not given the result; one with the option `delay` (milliseconds) waits that long after the step
/// before.
public struct Pipeline: PipelineStep {
  /// The messages, in order; every one but the last holds the next in its option `pipe_target`.
  public let messages: [Message]

  /// How many steps a pipeline may have: each is nested two levels deeper, and receivers accept a depth of 128.
  public static let maximumCount = 60

  /// A pipeline of the given steps, in order; pipelines among them are flattened.
  public init(_ steps: [any PipelineStep]) { messages = Self.linked(steps.flatMap(\.messages)) }

  /// How many messages the pipeline has.
  public var count: Int { messages.count }

  /// The first message, which carries the others, with the larger of `delay` and its own option `delay`; nothing for a
  /// pipeline without steps.
  ///
  /// - Throws: ``PipelineTooLong`` beyond ``maximumCount``.
  public func outgoing(delay: Duration?) throws -> [OutgoingMessage] {
    guard let first = messages.first else { return [] }
    guard count <= Self.maximumCount else { throw PipelineTooLong(count: count) }
    let own = first.options.double("delay").flatMap { Duration(wireMilliseconds: $0) } ?? .zero
    let larger = max(delay ?? .zero, own)
    return [OutgoingMessage(message: first, delay: larger > .zero ? larger : nil)]
  }

  private static func linked(_ messages: [Message]) -> [Message] {
    guard messages.count > 1 else { return messages }
    var messages = messages
    // From the end, because every message must hold the next one with all that follows it.
    for index in messages.indices.dropLast().reversed() {
      messages[index].options.set("pipe_target", to: messages[index + 1].json)
    }
    return messages
  }
}

/// A pipeline has more steps than a message can carry.
public struct PipelineTooLong: Error, Sendable, CustomStringConvertible {
  /// How many steps the pipeline has.
  public let count: Int

  /// What happened, and what to do.
  public var description: String {
    "PipelineTooLong: the pipeline has \(count) steps, and a message carries at most \(Pipeline.maximumCount); "
      + "let the last step of a shorter pipeline send the rest"
  }
}
