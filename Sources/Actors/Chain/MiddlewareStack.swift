/// An ordered list of middleware, outermost first.
public struct MiddlewareStack: Sendable, ExpressibleByArrayLiteral {
  /// The layers, outermost first.
  public private(set) var layers: [any Middleware]

  /// A stack of the given layers, outermost first.
  public init(_ layers: [any Middleware] = []) { self.layers = layers }
  /// A stack of the given layers, outermost first.
  public init(arrayLiteral elements: any Middleware...) { self.layers = elements }

  /// Adds the layers of `rhs` inside those of `lhs`.
  public static func + (lhs: MiddlewareStack, rhs: MiddlewareStack) -> MiddlewareStack {
    MiddlewareStack(lhs.layers + rhs.layers)
  }

  /// Adds one innermost layer.
  public mutating func append(_ middleware: any Middleware) { layers.append(middleware) }

  /// Puts a layer right outside the first layer of the given type.
  ///
  /// - Throws: ``ActorSystemError`` (`middlewareNotFound`) when the stack has no such layer.
  public mutating func insert<M: Middleware>(_ middleware: any Middleware, before type: M.Type) throws {
    layers.insert(middleware, at: try index(of: type))
  }

  /// Puts a layer right inside the first layer of the given type.
  ///
  /// - Throws: ``ActorSystemError`` (`middlewareNotFound`) when the stack has no such layer.
  public mutating func insert<M: Middleware>(_ middleware: any Middleware, after type: M.Type) throws {
    layers.insert(middleware, at: try index(of: type) + 1)
  }

  /// Every actor option that some layer knows.
  public var actorOptions: Set<String> { layers.reduce(into: []) { $0.formUnion($1.actorOptions) } }

  private func index<M: Middleware>(of type: M.Type) throws -> Int {
    guard let index = layers.firstIndex(where: { $0 is M }) else {
      throw ActorSystemError(
        .middlewareNotFound, "the stack has no \(type); it has \(layers.map { "\(Swift.type(of: $0))" })")
    }
    return index
  }
}
