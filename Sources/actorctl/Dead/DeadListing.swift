import Actors

/// What `dead ls` shows.
struct DeadListing {
  let queue: String
  let letters: [LeasedLetter]
  let examined: Int
  let matching: Int
  let total: Int
  let isFiltered: Bool

  func table(now: Int64) -> Table {
    let short = DeadLetterSelection.shortIDs(letters)
    var table = Table([
      .text("ID"), .text("ACTOR"), .text("REASON"), .number("ATTEMPTS"), .text("DIED"), .number("SIZE"), .text("ERROR"),
    ])
    for letter in letters {
      table.add([
        short[letter.id] ?? letter.id, letter.actor ?? "–", letter.reason ?? "–",
        letter.attempts.map { "\($0)" } ?? "–",
        Figures.age(since: letter.diedAt, now: now), Figures.bytes(letter.size), letter.error,
      ])
    }
    return table
  }

  /// One line below the table.
  var summary: String {
    let place = "\(Figures.count(total)) in \(QueueName.deadLetter(queue))"
    guard isFiltered else { return "\(Figures.count(letters.count)) shown, \(place)" }
    let scanned = examined < total ? ", \(Figures.count(examined)) looked at" : ""
    return "\(Figures.count(letters.count)) shown of \(Figures.count(matching)) matching\(scanned), \(place)"
  }

  /// For programs.
  var report: Report {
    Report(
      queue: queue, total: total, examined: examined, matching: matching,
      letters: letters.map { letter in
        Report.Letter(
          id: letter.id, actor: letter.actor, reason: letter.reason, error: letter.error, attempts: letter.attempts,
          diedAt: letter.diedAt, origin: letter.origin, size: letter.size,
          body: String(validating: letter.body, as: UTF8.self),
          isMessage: letter.message != nil)
      })
  }

  /// `dead ls -o json`.
  struct Report: JSONOutput {
    struct Letter: Encodable {
      let id: String
      let actor: String?
      let reason: String?
      let error: String
      let attempts: Int64?
      let diedAt: Int64?
      let origin: String
      let size: Int
      /// The body when it is UTF-8; nil otherwise.
      let body: String?
      let isMessage: Bool
    }

    static let schema = "actorctl.dead.list/1"
    let queue: String
    let total: Int
    let examined: Int
    let matching: Int
    let letters: [Letter]
  }
}
