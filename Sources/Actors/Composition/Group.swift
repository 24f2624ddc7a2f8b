/// Messages and pipelines that run side by side, sent as one.
///
/// ```swift
/// try await Group(contentsOf: urls.map(Download.init)).send()
/// ```
public struct Group: Composable {
  /// The members, in order: messages, pipelines, other groups.
  public let members: [any Composable]

  /// A group of the given members.
  public init(_ members: [any Composable]) { self.members = members }

  /// A group of one actor's messages.
  ///
  /// - Throws: `EncodingError` when a property cannot be written as JSON.
  public init<M: ActorMessage>(contentsOf messages: some Sequence<M>) throws {
    members = try messages.map { try $0.message() }
  }

  /// How many members the group has; a pipeline or a group counts as one.
  public var count: Int { members.count }

  /// Every member's messages with `delay` as the least delay of each.
  ///
  /// - Throws: ``PipelineTooLong`` when a member is a pipeline with too many steps.
  public func outgoing(delay: Duration?) throws -> [OutgoingMessage] {
    try members.flatMap { try $0.outgoing(delay: delay) }
  }
}
