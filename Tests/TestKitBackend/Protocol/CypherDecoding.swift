import Actors
import BoltDriver

/// Reads the suite's Cypher types as values of the driver.
enum CypherDecoding {
  /// A value.
  ///
  /// - Throws: ``BackendFault`` for what is no Cypher type.
  static func value(_ json: JSONValue) throws -> BoltValue {
    guard let name = json["name"]?.stringValue, let data = json["data"] else {
      throw BackendFault("a Cypher type expected, found \(json)")
    }
    let fields = RequestFields(data)
    let value = try self.value(name, fields)
    try fields.expectAllRead(of: name)
    return value
  }

  /// The entries of a field that is a map of Cypher types, or nil.
  static func entries(_ fields: RequestFields, _ name: String) throws -> [String: BoltValue]? {
    guard let map = fields[name] else { return nil }
    guard let members = map.members else { throw BackendFault("the field \(name) is no map: \(map)") }
    return try entries(members)
  }

  private static func entries(_ members: [JSONValue.Member]) throws -> [String: BoltValue] {
    var entries: [String: BoltValue] = [:]
    for member in members { entries[member.key] = try value(member.value) }
    return entries
  }

  private static func value(_ name: String, _ data: RequestFields) throws -> BoltValue {
    if let time = try CypherTimes.value(name, data) { return time }
    if name == "CypherPoint" { return .point(try point(data)) }
    if name == "CypherVector" { return .vector(try vector(data)) }
    let plain = data["value"]
    switch (name, plain) {
    case ("CypherNull", nil): return .null
    case ("CypherBool", .bool(let truth)?): return .bool(truth)
    case ("CypherInt", .number(let text)?):
      if let number = Int64(text) { return .int(number) }
    case ("CypherFloat", let number?):
      if let float = float(number) { return .float(float) }
    case ("CypherString", .string(let text)?): return .string(text)
    case ("CypherBytes", .string(let text)?):
      return .bytes(try text.split(separator: " ").map(byte))
    case ("CypherList", .array(let items)?): return .list(try items.map(value))
    case ("CypherMap", .object(let members)?): return .map(try entries(members))
    default: break
    }
    throw BackendFault("no value of the type \(name): \(plain ?? .null)")
  }

  private static func byte(_ text: Substring) throws -> UInt8 {
    guard let byte = UInt8(text, radix: 16) else { throw BackendFault("\(text) is no byte") }
    return byte
  }

  private static func float(_ json: JSONValue) -> Double? {
    switch json.stringValue {
    case "NaN": .nan
    case "+Infinity": .infinity
    case "-Infinity": -.infinity
    default: json.doubleValue
    }
  }

  private static func vector(_ data: RequestFields) throws -> BoltVector {
    let (type, bytes) = (try data.text("dtype"), try data.text("data").split(separator: " ").map(byte))
    let empty: [BoltVector] = [.int8([]), .int16([]), .int32([]), .int64([]), .float32([]), .float64([])]
    guard let marker = empty.first(where: { $0.typeName == type })?.typeMarker,
      let vector = BoltVector(typeMarker: marker, packed: bytes)
    else { throw BackendFault("no vector of the type \(type): \(bytes)") }
    return vector
  }

  private static func point(_ data: RequestFields) throws -> BoltPoint {
    guard let x = data["x"]?.doubleValue, let y = data["y"]?.doubleValue else { throw BackendFault("half a point") }
    let z = data["z"]?.doubleValue
    switch try data.text("system") {
    case "cartesian": return BoltPoint(x: x, y: y, z: z)
    case "wgs84": return BoltPoint(longitude: x, latitude: y, height: z)
    case let system: throw BackendFault("the system \(system) is unknown")
    }
  }
}
