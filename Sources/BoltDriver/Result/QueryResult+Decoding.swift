extension QueryResult {
  /// The records as a type, each read as ``Record/decode(_:)`` does.
  ///
  /// ```swift
  /// for try await package in try await session.run("MATCH (p:Package) RETURN p").decode(Package.self) { … }
  /// ```
  public func decode<Value: Decodable & SendableMetatype>(
    _ type: Value.Type
  ) -> AsyncThrowingMapSequence<QueryResult, Value> {
    map { try $0.decode(Value.self) }
  }

  /// The records as tuples, as many values as there are columns.
  ///
  /// ```swift
  /// for try await (name, size) in try await session.run(query).decode(String.self, Int.self) { … }
  /// ```
  public func decode<First: BoltValueDecodable, Second: BoltValueDecodable, each Other: BoltValueDecodable>(
    _ first: First.Type, _ second: Second.Type, _ others: repeat (each Other).Type
  ) -> AsyncThrowingMapSequence<QueryResult, (First, Second, repeat each Other)> {
    map { try $0.decode(First.self, Second.self, repeat (each Other).self) }
  }
}
