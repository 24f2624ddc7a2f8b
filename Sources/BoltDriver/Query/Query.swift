/// A query: its text, and the values of its parameters.
///
/// Values written into the literal never become part of the text; each is sent as a parameter:
///
/// ```swift
/// let query: Query = "MATCH (n:Package {name: \(name)}) RETURN n"   // … {name: $p0} …, with p0 = name
/// ```
///
/// A text made at run time has to be named as such, `Query(text, parameters: …)`: that is the place where a reviewer
/// looks for injection.
public struct Query: Sendable, Hashable {
  /// The text, with `$name` where parameters stand.
  public var text: String
  /// The values of the parameters, by name.
  public var parameters: [String: BoltValue]

  /// A query from its parts.
  ///
  /// - Parameters:
  ///   - text: The text. Never build it from what comes from outside.
  ///   - parameters: The values, by the names they have in the text after `$`.
  public init(_ text: String, parameters: [String: BoltValue] = [:]) {
    self.text = text
    self.parameters = parameters
  }

  /// The query with one more parameter, for names that the text spells out (`$name`).
  public func binding(_ name: String, to value: some BoltValueConvertible) -> Query {
    var query = self
    query.parameters[name] = value.boltValue
    return query
  }
}

extension Query: ExpressibleByStringInterpolation {
  /// A query without parameters.
  public init(stringLiteral text: String) { self.init(text) }

  /// A query whose interpolated values become parameters.
  public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.query }

  /// Collects the pieces of an interpolated query.
  public struct StringInterpolation: StringInterpolationProtocol {
    private enum Piece {
      case text(String)
      case value(BoltValue)
    }

    private var pieces: [Piece] = []
    private var capacity = 0

    /// Begins; called by the compiler.
    public init(literalCapacity: Int, interpolationCount: Int) {
      pieces.reserveCapacity(2 * interpolationCount + 1)
      capacity = literalCapacity + 4 * interpolationCount
    }

    /// Adds text that the programmer wrote; called by the compiler.
    public mutating func appendLiteral(_ literal: String) { if !literal.isEmpty { pieces.append(.text(literal)) } }

    /// `\(value)`: a parameter.
    public mutating func appendInterpolation(_ value: some BoltValueConvertible) {
      pieces.append(.value(value.boltValue))
    }

    /// `\(value)` of an optional: a parameter, null when there is no value.
    public mutating func appendInterpolation(_ value: (some BoltValueConvertible)?) {
      pieces.append(.value(value?.boltValue ?? .null))
    }

    /// `\(label: name)`: a label or relationship type, quoted; write the colon before it yourself.
    ///
    /// - Throws: ``BoltError`` (`invalidIdentifier`) when it cannot be a name.
    public mutating func appendInterpolation(label name: String) throws {
      pieces.append(.text(try CypherIdentifier(name).escaped))
    }

    /// `\(labels: names)`: several labels, each quoted, joined by colons; write the first colon yourself.
    ///
    /// - Throws: ``BoltError`` (`invalidIdentifier`) when one of them cannot be a name, or there is none.
    public mutating func appendInterpolation(labels names: [String]) throws {
      guard !names.isEmpty else { throw BoltError(.invalidIdentifier, "the list of labels is empty") }
      pieces.append(.text(try names.map { try CypherIdentifier($0).escaped }.joined(separator: ":")))
    }

    /// `\(identifier: name)`: a property name, a variable, or any other name, quoted.
    ///
    /// - Throws: ``BoltError`` (`invalidIdentifier`) when it cannot be a name.
    public mutating func appendInterpolation(identifier name: String) throws {
      pieces.append(.text(try CypherIdentifier(name).escaped))
    }

    /// `\(identifier)`: a name that was checked before.
    public mutating func appendInterpolation(_ identifier: CypherIdentifier) {
      pieces.append(.text(identifier.escaped))
    }

    /// The text with `$p0`, `$p1`, …, and their values.
    fileprivate var query: Query {
      let prefix = prefix
      var text = ""
      text.reserveCapacity(capacity)
      var parameters = [String: BoltValue](minimumCapacity: pieces.count / 2 + 1)
      for piece in pieces {
        switch piece {
        case .text(let part): text += part
        case .value(let value):
          let name = Self.name(prefix, parameters.count)
          parameters[name] = value
          text += "$"
          text += name
        }
      }
      return Query(text, parameters: parameters)
    }

    private static let usualNames = (0..<16).map { "p\($0)" }

    private static func name(_ prefix: String, _ number: Int) -> String {
      prefix == "p" && number < usualNames.count ? usualNames[number] : "\(prefix)\(number)"
    }

    /// `p`, with as many underscores as it takes to meet no name that the text itself spells out.
    private var prefix: String {
      var prefix = "p"
      while pieces.contains(where: { if case .text(let text) = $0 { Self.spells(prefix, in: text) } else { false } }) {
        prefix += "_"
      }
      return prefix
    }

    /// Whether the text has a parameter of this prefix and a digit, such as `$p0`.
    private static func spells(_ prefix: String, in text: String) -> Bool {
      let text = text.utf8
      var rest = text[...]
      while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
        rest = rest[text.index(after: dollar)...]
        guard rest.starts(with: prefix.utf8) else { continue }
        if let next = rest.dropFirst(prefix.utf8.count).first, (0x30...0x39).contains(next) { return true }
      }
      return false
    }
  }
}
