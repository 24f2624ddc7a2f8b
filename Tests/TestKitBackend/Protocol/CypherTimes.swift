import Actors
import BoltDriver

/// The suite's temporal types, written and read.
enum CypherTimes {
  /// A temporal value.
  ///
  /// - Throws: ``BoltDecodingError`` for a time whose zone the driver does not know.
  static func json(_ value: BoltValue) throws -> JSONValue {
    switch value {
    case .date(let date): CypherEncoding.named("CypherDate", .object(members(date)))
    case .time(let time):
      CypherEncoding.named("CypherTime", .object(members(time.local) + [offset(Int64(time.offsetSeconds))]))
    case .localTime(let time): CypherEncoding.named("CypherTime", .object(members(time)))
    case .localDateTime(let time): CypherEncoding.named("CypherDateTime", .object(members(time)))
    case .dateTime(let time): try json(time)
    case .duration(let span):
      CypherEncoding.named(
        "CypherDuration",
        [
          "months": .integer(span.months), "days": .integer(span.days), "seconds": .integer(span.seconds),
          "nanoseconds": .integer(span.nanoseconds),
        ])
    default: throw BackendFault("\(value.typeName) is no time")
    }
  }

  /// A temporal value of the suite.
  ///
  /// - Returns: Nil when the name is none of a temporal type.
  static func value(_ name: String, _ data: RequestFields) throws -> BoltValue? {
    switch name {
    case "CypherDate": .date(try date(data))
    case "CypherTime":
      if let offset = try data.number("utc_offset_s") {
        .time(BoltTime(local: try time(data), offsetSeconds: Int32(offset)))
      } else {
        .localTime(try time(data))
      }
    case "CypherDateTime": try dateTime(data)
    case "CypherDuration":
      .duration(
        BoltDuration(
          months: try integer(data, "months"), days: try integer(data, "days"), seconds: try integer(data, "seconds"),
          nanoseconds: try integer(data, "nanoseconds")))
    default: nil
    }
  }

  // MARK: - Writing

  private static func json(_ time: BoltDateTime) throws -> JSONValue {
    let (local, offsetSeconds) = try time.wallClock()
    var fields = members(local) + [offset(Int64(offsetSeconds))]
    if case .identifier(let name) = time.zone { fields.append(.init(key: "timezone_id", value: .string(name))) }
    return CypherEncoding.named("CypherDateTime", .object(fields))
  }

  private static func members(_ date: BoltDate) -> [JSONValue.Member] {
    let (year, month, day) = date.components
    return [
      .init(key: "year", value: .integer(year)), .init(key: "month", value: .integer(month)),
      .init(key: "day", value: .integer(day)),
    ]
  }

  private static func members(_ time: BoltLocalTime) -> [JSONValue.Member] {
    [
      .init(key: "hour", value: .integer(time.hour)), .init(key: "minute", value: .integer(time.minute)),
      .init(key: "second", value: .integer(time.second)), .init(key: "nanosecond", value: .integer(time.nanosecond)),
    ]
  }

  private static func members(_ time: BoltLocalDateTime) -> [JSONValue.Member] {
    members(time.date) + members(time.time)
  }

  private static func offset(_ seconds: Int64) -> JSONValue.Member {
    .init(key: "utc_offset_s", value: .integer(seconds))
  }

  // MARK: - Reading

  private static func integer(_ data: RequestFields, _ name: String) throws -> Int64 {
    guard let number = try data.number(name) else { throw BackendFault("the field \(name) is missing") }
    return Int64(number)
  }

  private static func date(_ data: RequestFields) throws -> BoltDate {
    let (year, month, day) = (try integer(data, "year"), try integer(data, "month"), try integer(data, "day"))
    guard let date = BoltDate(year: year, month: Int(month), day: Int(day)) else {
      throw BackendFault("there is no day \(year)-\(month)-\(day)")
    }
    return date
  }

  private static func time(_ data: RequestFields) throws -> BoltLocalTime {
    let time = BoltLocalTime(
      hour: Int(try integer(data, "hour")), minute: Int(try integer(data, "minute")),
      second: Int(try integer(data, "second")), nanosecond: Int(try integer(data, "nanosecond")))
    guard let time else { throw BackendFault("there is no such time of day") }
    return time
  }

  private static func dateTime(_ data: RequestFields) throws -> BoltValue {
    guard let local = BoltLocalDateTime(date: try date(data), time: try time(data)) else {
      throw BackendFault("the date is too far away")
    }
    guard let offset = try data.number("utc_offset_s") else { return .localDateTime(local) }
    let zone = try data.optionalText("timezone_id").map(BoltTimeZone.identifier) ?? .offset(seconds: Int32(offset))
    let time = BoltDateTime(
      secondsSinceEpoch: local.secondsSinceEpoch - Int64(offset), nanosecond: local.nanosecond, zone: zone)
    guard let time else { throw BackendFault("there is no such time") }
    return .dateTime(time)
  }
}
