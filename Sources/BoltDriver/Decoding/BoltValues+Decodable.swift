/// The driver's own types as properties of `Decodable` types. ``BoltDecoder`` hands them their value as it is; no other
/// decoder has any.
extension BoltValueDecodable {
  fileprivate init(valueFrom decoder: any Decoder) throws {
    guard let decoder = decoder as? BoltDecoder else {
      throw DecodingError.typeMismatch(
        Self.self,
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: "\(Self.self) is read from records of the graph only"))
    }
    do { try self.init(boltValue: decoder.value) } catch { throw BoltDecoder.located(error, decoder.codingPath) }
  }
}

extension BoltValue: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltNode: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltRelationship: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltUnboundRelationship: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltPath: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltDate: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltTime: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltLocalTime: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltDateTime: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltLocalDateTime: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltDuration: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltPoint: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}

extension BoltVector: Decodable {
  /// Reads the value from a record.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public init(from decoder: any Decoder) throws { try self.init(valueFrom: decoder) }
}
