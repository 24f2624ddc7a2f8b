extension BoltNode: BoltValueDecodable {
  /// Reads a node.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .node(let value) = boltValue else { throw boltValue.mismatch("node") }
    self = value
  }
}

extension BoltRelationship: BoltValueDecodable {
  /// Reads a relationship.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .relationship(let value) = boltValue else { throw boltValue.mismatch("relationship") }
    self = value
  }
}

extension BoltUnboundRelationship: BoltValueDecodable {
  /// Reads an unbound relationship.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .unboundRelationship(let value) = boltValue else { throw boltValue.mismatch("unbound relationship") }
    self = value
  }
}

extension BoltPath: BoltValueDecodable {
  /// Reads a path.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .path(let value) = boltValue else { throw boltValue.mismatch("path") }
    self = value
  }
}

extension BoltDate: BoltValueDecodable {
  /// Reads a date.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .date(let value) = boltValue else { throw boltValue.mismatch("date") }
    self = value
  }
}

extension BoltTime: BoltValueDecodable {
  /// Reads a time.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .time(let value) = boltValue else { throw boltValue.mismatch("time") }
    self = value
  }
}

extension BoltLocalTime: BoltValueDecodable {
  /// Reads a local time.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .localTime(let value) = boltValue else { throw boltValue.mismatch("local time") }
    self = value
  }
}

extension BoltDateTime: BoltValueDecodable {
  /// Reads a date-time.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .dateTime(let value) = boltValue else { throw boltValue.mismatch("date-time") }
    self = value
  }
}

extension BoltLocalDateTime: BoltValueDecodable {
  /// Reads a local date-time.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .localDateTime(let value) = boltValue else { throw boltValue.mismatch("local date-time") }
    self = value
  }
}

extension BoltDuration: BoltValueDecodable {
  /// Reads a duration.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .duration(let value) = boltValue else { throw boltValue.mismatch("duration") }
    self = value
  }
}

extension BoltPoint: BoltValueDecodable {
  /// Reads a point.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .point(let value) = boltValue else { throw boltValue.mismatch("point") }
    self = value
  }
}

extension BoltVector: BoltValueDecodable {
  /// Reads a vector.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .vector(let value) = boltValue else { throw boltValue.mismatch("vector") }
    self = value
  }
}
