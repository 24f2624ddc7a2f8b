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
  /// Where each assignment stands, once there are many: a dictionary as message type has as many as the sender likes.
  private var indices: [String: Int] = [:]
  private static let manyAssignments = 16
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
    if let known = assignment(named: name) { return known.text }
    let keyword = keywords?.value(named: name)
    if keyword != nil { keywordsTaken += 1 }
    guard let text = positional.next() else {
      append(Assignment(name: name, text: keyword, position: nil))
      return keyword
    }
    positionsTaken += 1
    let assignment = Assignment(name: name, text: text, position: positionsTaken)
    append(assignment)
    if keyword != nil, givenTwice == nil { givenTwice = assignment }
    return text
  }

  private func append(_ assignment: Assignment) {
    assignments.append(assignment)
    if assignments.count == Self.manyAssignments {
      for (index, known) in assignments.enumerated() { indices[known.name] = index }
    } else if assignments.count > Self.manyAssignments {
      indices[assignment.name] = assignments.count - 1
    }
  }

  private func assignment(named name: String) -> Assignment? {
    if assignments.count >= Self.manyAssignments { return indices[name].map { assignments[$0] } }
    for assignment in assignments where assignment.name == name { return assignment }
    return nil
  }

  /// What is wrong with the arguments as a whole, after the struct has asked for all it wants.
  ///
  /// - Parameter isComplete: Whether the struct could be made; else it may not have asked for all.
  func fault(isComplete: Bool) -> InvalidArguments? {
    if let givenTwice {
      let position = givenTwice.position ?? 0
      let name = Excerpt(givenTwice.name)
      return InvalidArguments("argument \(name) is given twice: in position \(position) and by name")
    }
    guard isComplete else { return nil }
    if !positional.isAtEnd {
      let total = positionsTaken + positional.remaining
      return InvalidArguments("\(total) positional arguments; expected at most \(positionsTaken)\(signature)")
    }
    guard let keywords, keywordsTaken != keywords.count else { return nil }
    let unknown = keywords.names.first { assignment(named: $0) == nil } ?? ""
    return InvalidArguments("no argument is named \(Excerpt(unknown))\(signature)")
  }

  /// The argument that a coding path leads into, for an error: `argument items[3].price (position 2)`.
  func label(_ path: [any CodingKey]) -> String {
    guard let first = path.first else { return "the arguments" }
    var label = "argument \(Excerpt(first.stringValue))"
    for key in path.dropFirst().prefix(16) {
      label += key.intValue.map { "[\($0)]" } ?? ".\(Excerpt(key.stringValue))"
    }
    return label + (assignment(named: first.stringValue)?.position.map { " (position \($0))" } ?? "")
  }

  private var signature: String {
    if assignments.isEmpty { return " (it takes none)" }
    return " (it takes \(Excerpt(assignments.map(\.name).joined(separator: ", "), limit: 200)))"
  }
}
