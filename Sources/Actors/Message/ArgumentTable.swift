/// The arguments of one message while a struct is made of them: which positional and which keyword argument went where.
final class ArgumentTable: MemberSource {
  private struct Assignment {
    let name: String
    let text: JSONText?
    /// The place among the positional arguments, from 1; nil for one given by name, or not at all.
    let position: Int?
  }

  private var positional: ElementCursor
  private let keywords: ObjectMembers?
  private var assignments: [Assignment] = []
  private var positionsTaken = 0
  private var keywordsTaken = 0
  private var givenTwice: Assignment?

  init(_ message: Message) throws {
    positional = ElementCursor(message.arguments)
    keywords =
      message.keywordArguments.isEmptyContainer ? nil : try ObjectMembers(message.keywordArguments, path: nil)
  }

  var names: [String] { keywords?.names ?? [] }

  /// The argument for a key. The first question for a new key takes the next positional argument, if there is one left.
  func value(of key: some CodingKey) -> JSONText? {
    let name = key.stringValue
    for assignment in assignments where assignment.name == name { return assignment.text }
    let keyword = keywords?.value(named: name)
    if keyword != nil { keywordsTaken += 1 }
    guard let text = positional.next() else {
      assignments.append(Assignment(name: name, text: keyword, position: nil))
      return keyword
    }
    positionsTaken += 1
    let assignment = Assignment(name: name, text: text, position: positionsTaken)
    assignments.append(assignment)
    if keyword != nil, givenTwice == nil { givenTwice = assignment }
    return text
  }

  /// What is wrong with the arguments as a whole, after the struct has asked for all it wants.
  ///
  /// - Parameter isComplete: Whether the struct could be made; else it may not have asked for all.
  func fault(isComplete: Bool) -> InvalidArguments? {
    if let givenTwice {
      let position = givenTwice.position ?? 0
      return InvalidArguments("argument \(givenTwice.name) is given twice: in position \(position) and by name")
    }
    guard isComplete else { return nil }
    if !positional.isAtEnd {
      let total = positionsTaken + positional.remaining
      return InvalidArguments("\(total) positional arguments; expected at most \(positionsTaken)\(signature)")
    }
    guard let keywords, keywordsTaken != keywords.count else { return nil }
    let unknown = keywords.names.first { name in !assignments.contains { $0.name == name } } ?? ""
    return InvalidArguments("no argument is named \(Excerpt(unknown))\(signature)")
  }

  /// The argument that a coding path leads into, for an error: `argument items[3].price (position 2)`.
  func label(_ path: [any CodingKey]) -> String {
    guard let first = path.first else { return "the arguments" }
    var label = "argument \(Excerpt(first.stringValue))"
    for key in path.dropFirst().prefix(16) {
      label += key.intValue.map { "[\($0)]" } ?? ".\(Excerpt(key.stringValue))"
    }
    let assignment = assignments.first { $0.name == first.stringValue }
    return label + (assignment?.position.map { " (position \($0))" } ?? "")
  }

  private var signature: String {
    assignments.isEmpty ? " (it takes none)" : " (it takes \(assignments.map(\.name).joined(separator: ", ")))"
  }
}
