/// Says how `dead requeue` or `dead rm` went.
struct DeadLetterResult {
  /// `requeued` or `removed`.
  let verb: String
  /// How it was done.
  let note: String?
  let result: DeadLetterAction.Result

  init(verb: String, note: String?, _ result: DeadLetterAction.Result) {
    self.verb = verb
    self.note = note
    self.result = result
  }

  /// `dead requeue -o json`, `dead rm -o json`.
  struct Report: JSONOutput {
    struct Failure: Encodable {
      let id: String
      let error: String
    }

    static let schema = "actorctl.dead.action/1"
    let action: String
    let done: [String]
    let failed: [Failure]
    let examined: Int
    let total: Int
  }

  /// Writes the result.
  ///
  /// - Throws: ``CommandFailure`` (`itemsFailed`) when a letter failed.
  func show(_ format: OutputFormat, _ console: Console) throws(CommandFailure) {
    for failure in result.failed.prefix(20) {
      console.note("\(Printable.escape(failure.id)) stays: \(failure.why)")
    }
    switch format {
    case .json:
      console.print(
        try Report(
          action: verb, done: result.done, failed: result.failed.map { .init(id: $0.id, error: $0.why) },
          examined: result.examined, total: result.total
        ).line())
    case .table:
      let how = note.map { "   (\($0))" } ?? ""
      console.print("\(Figures.count(result.done.count)) \(verb), \(Figures.count(result.failed.count)) failed\(how)")
    }
    if result.examined < result.total {
      console.note(
        "\(Figures.count(result.examined)) of \(Figures.count(result.total)) messages were looked at; "
          + "the others could not be held at once")
    }
    if !result.failed.isEmpty {
      throw CommandFailure(.itemsFailed, "\(Figures.plural(result.failed.count, "message")) could not be \(verb)")
    }
  }
}
