extension BoltDate: BoltValueConvertible {
  /// The value as it is sent.
  public var boltValue: BoltValue { .date(self) }
}

extension BoltTime: BoltValueConvertible {
  /// The value as it is sent.
  public var boltValue: BoltValue { .time(self) }
}

extension BoltLocalTime: BoltValueConvertible {
  /// The value as it is sent.
  public var boltValue: BoltValue { .localTime(self) }
}

extension BoltDateTime: BoltValueConvertible {
  /// The value as it is sent.
  public var boltValue: BoltValue { .dateTime(self) }
}

extension BoltLocalDateTime: BoltValueConvertible {
  /// The value as it is sent.
  public var boltValue: BoltValue { .localDateTime(self) }
}

extension BoltDuration: BoltValueConvertible {
  /// The value as it is sent.
  public var boltValue: BoltValue { .duration(self) }
}

extension BoltPoint: BoltValueConvertible {
  /// The value as it is sent.
  public var boltValue: BoltValue { .point(self) }
}

extension BoltVector: BoltValueConvertible {
  /// The value as it is sent.
  public var boltValue: BoltValue { .vector(self) }
}
