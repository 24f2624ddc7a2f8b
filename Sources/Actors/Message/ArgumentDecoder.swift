extension Message {
  /// Makes a struct of the arguments: positional ones fill its properties in the order in which its `init(from:)` asks
  /// for them (for a synthesized one, the order of declaration), keyword arguments by name.
  ///
  /// - Parameter type: The struct.
  /// - Throws: ``InvalidArguments`` when an argument is missing, unknown, given twice, or of a wrong type, or when
  ///   there are too many.
  public func decodeArguments<T: Decodable>(as type: T.Type) throws(InvalidArguments) -> T {
    let table: ArgumentTable
    do { table = try ArgumentTable(self) } catch { throw InvalidArguments(error) { _ in "the keyword arguments" } }
    let value: T
    do {
      value = try T(from: ArgumentDecoder(table: table))
    } catch {
      throw table.fault(isComplete: false) ?? InvalidArguments(error, label: table.label)
    }
    if let fault = table.fault(isComplete: true) { throw fault }
    return value
  }
}

/// The decoder that a struct of arguments is made from; it offers a keyed container and nothing else.
private struct ArgumentDecoder: Decoder {
  let table: ArgumentTable

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(KeyedValues<ArgumentTable, Key>(source: table, path: nil))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw unnamed }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { throw unnamed }

  private var unnamed: InvalidArguments {
    InvalidArguments("a message decodes its arguments by name; use a struct or a class with coding keys")
  }
}

extension InvalidArguments {
  /// The longest text of a foreign error that is quoted, in bytes.
  private static let quotationLimit = 200

  /// Says what a decoding error means for the sender of the message.
  init(_ error: any Error, label: ([any CodingKey]) -> String) {
    switch error {
    case let error as InvalidArguments: self = error
    case DecodingError.keyNotFound(let key, let context):
      self.init("\(label(context.codingPath + [key])) is missing")
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      self.init("\(label(context.codingPath)): \(Excerpt(context.debugDescription, limit: Self.quotationLimit))")
    default:
      let reason = Excerpt(String(describing: error), limit: Self.quotationLimit)
      self.init("refused by the actor's message type: \(reason)")
    }
  }
}
