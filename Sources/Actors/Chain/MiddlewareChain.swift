/// The layers of a stack composed once, at start: per message the chain is a call.
package struct MiddlewareChain: Sendable {
  private let entry: Next

  /// Composes `stack` around `terminal`, which runs the actor.
  package init(_ stack: MiddlewareStack, terminal: @escaping @Sendable (MessageContext) async -> Outcome) {
    var next = Next(terminal)
    var neighbours: [any SynchronousMiddleware] = []
    for layer in stack.layers.reversed() {
      if let layer = layer as? any SynchronousMiddleware {
        neighbours.insert(layer, at: 0)
      } else {
        next = Self.wrap(layer, around: Self.wrap(neighbours, around: next))
        neighbours = []
      }
    }
    entry = Self.wrap(neighbours, around: next)
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

  /// Layers that never wait, outermost first, in one call.
  private static func wrap(_ layers: [any SynchronousMiddleware], around next: Next) -> Next {
    if layers.isEmpty { return next }
    return Next { context in
      var passed = 0
      var outcome: Outcome?
      do {
        while outcome == nil, passed < layers.count {
          outcome = try layers[passed].before(context)
          if outcome == nil { passed += 1 }
        }
      } catch {
        outcome = .failed(error)
      }
      var result = if let outcome { outcome } else { await next(context) }
      for layer in layers[..<passed].reversed() { result = layer.after(context, result) }
      return result
    }
  }

  /// Runs a message through the chain.
  package func process(_ context: MessageContext) async -> Outcome { await entry(context) }
}
