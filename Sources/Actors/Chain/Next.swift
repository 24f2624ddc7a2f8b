/// The rest of the chain, as a middleware sees it. Calling it never throws: errors arrive as ``Outcome/failed(_:)``.
public struct Next: Sendable {
  private let body: @Sendable (MessageContext) async -> Outcome

  package init(_ body: @escaping @Sendable (MessageContext) async -> Outcome) { self.body = body }

  /// Runs the rest of the chain.
  public func callAsFunction(_ context: MessageContext) async -> Outcome { await body(context) }
}

/// The layers of a stack composed once, at start: per message the chain is a call.
package struct MiddlewareChain: Sendable {
  private let layers: [any Middleware]
  private let entry: Next

  /// Composes `stack` around `terminal`, which runs the actor.
  package init(_ stack: MiddlewareStack, terminal: @escaping @Sendable (MessageContext) async -> Outcome) {
    layers = stack.layers
    entry = stack.layers.reversed().reduce(Next(terminal)) { next, layer in Self.wrap(layer, around: next) }
  }

  private static func wrap<M: Middleware>(_ layer: M, around next: Next) -> Next {
    Next { context in
      do {
        return try await layer.process(context, next: next)
      } catch {
        return .failed(error)
      }
    }
  }

  /// Runs a message through the chain.
  package func process(_ context: MessageContext) async -> Outcome { await entry(context) }

  /// Lets every layer see an outgoing message, outermost first.
  package static func send(_ outgoing: inout OutgoingMessage, through stack: MiddlewareStack) async throws {
    for layer in stack.layers { try await layer.send(&outgoing) }
  }
}
