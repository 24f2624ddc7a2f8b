/// The positional arguments of a message, taken one after the other: what an actor made of a closure runs on.
public struct PositionalArguments {
  private var elements: ElementCursor
  private let keywordArguments: JSONText
  private var taken = 0

  /// Stands before the first argument of a message.
  public init(_ message: Message) {
    elements = ElementCursor(message.arguments)
    keywordArguments = message.keywordArguments
  }

  /// Takes the next argument. An optional one that was not sent is nil.
  ///
  /// - Parameter type: Its type.
  /// - Throws: ``InvalidArguments`` when it is missing or does not fit the type, or when the message names arguments.
  public mutating func next<T: Decodable>(_ type: T.Type) throws(InvalidArguments) -> T {
    try refuseKeywords()
    guard let text = elements.next() else { return try absent(type) }
    taken += 1
    let position = taken
    do {
      return try ValueDecoder.decode(type, from: text, path: nil)
    } catch {
      throw InvalidArguments(error) { path in
        "argument \(position)"
          + path.prefix(16).map { key in key.intValue.map { "[\($0)]" } ?? ".\(Excerpt(key.stringValue))" }.joined()
      }
    }
  }

  /// Checks that all arguments were taken.
  ///
  /// - Throws: ``InvalidArguments`` when there are more, or when the message names arguments.
  public func finish() throws(InvalidArguments) {
    try refuseKeywords()
    if elements.isAtEnd { return }
    throw InvalidArguments("\(taken + elements.remaining) positional arguments; expected at most \(taken)")
  }

  private func absent<T>(_ type: T.Type) throws(InvalidArguments) -> T {
    if let optional = type as? any ExpressibleByNilLiteral.Type, let none = optional.init(nilLiteral: ()) as? T {
      return none
    }
    throw InvalidArguments("argument \(taken + 1) is missing: expected \(type)")
  }

  private func refuseKeywords() throws(InvalidArguments) {
    if keywordArguments.isEmptyContainer { return }
    throw InvalidArguments(
      "this actor takes positional arguments only, got keyword arguments \(Excerpt(keywordArguments.bytes))")
  }

  /// Writes arguments as a JSON array.
  ///
  /// - Throws: `EncodingError` when one of them has no JSON form.
  public static func encode<each A: Encodable>(_ arguments: repeat each A) throws -> JSONText {
    let encoding = JSONEncoding(array: ())
    for argument in repeat each arguments { try encoding.append(argument) }
    return try encoding.finish()
  }
}
