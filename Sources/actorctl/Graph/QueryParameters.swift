import Actors
import BoltDriver

/// The parameters of a query as they stand on the command line: `name=json`.
enum QueryParameters {
  /// Reads them.
  ///
  /// - Throws: ``CommandFailure`` (`data`).
  static func parse(_ pairs: [String]) throws(CommandFailure) -> [String: BoltValue] {
    var values: [String: BoltValue] = [:]
    for pair in pairs {
      guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex else {
        throw CommandFailure(.data, "--param \(Printable.escape(pair)): write name=json, such as name='\"openssl\"'")
      }
      let name = String(pair[..<equals])
      let text = String(pair[pair.index(after: equals)...])
      let json: JSONText
      do { json = try JSONText(validating: text) } catch {
        throw CommandFailure(
          .data, "--param \(Printable.escape(name)): \(Printable.escape(text)) is no JSON; a text needs quotes: '\"…\"'"
        )
      }
      guard values.updateValue(try value(JSONValue(json), of: name), forKey: name) == nil else {
        throw CommandFailure(.data, "--param \(Printable.escape(name)) is given twice")
      }
    }
    return values
  }

  private static func value(_ json: JSONValue, of name: String) throws(CommandFailure) -> BoltValue {
    switch json {
    case .null: return .null
    case .bool(let flag): return .bool(flag)
    case .string(let text): return .string(text)
    case .number(let text):
      if !text.contains(where: { ".eEnNiI".contains($0) }) {
        guard let number = Int64(text) else {
          throw CommandFailure(.data, "--param \(Printable.escape(name)): \(text) does not fit 64 bits")
        }
        return .int(number)
      }
      // Infinity may be written out; a number that is too large is none.
      guard let number = json.doubleValue, number.isFinite || !text.contains(where: \.isNumber) else {
        throw CommandFailure(.data, "--param \(Printable.escape(name)): \(text) does not fit 64 bits")
      }
      return .float(number)
    case .array(let elements):
      var values: [BoltValue] = []
      for element in elements { values.append(try value(element, of: name)) }
      return .list(values)
    case .object(let members):
      var values: [String: BoltValue] = [:]
      for member in members { values[member.key] = try value(member.value, of: name) }
      return .map(values)
    }
  }
}
