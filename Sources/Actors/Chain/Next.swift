/// The rest of the chain, as a middleware sees it. Calling it never throws: errors arrive as ``Outcome/failed(_:)``.
public struct Next: Sendable {
  private let body: @Sendable (MessageContext) async -> Outcome

  package init(_ body: @escaping @Sendable (MessageContext) async -> Outcome) { self.body = body }

  /// Runs the rest of the chain.
  public func callAsFunction(_ context: MessageContext) async -> Outcome { await body(context) }
}
