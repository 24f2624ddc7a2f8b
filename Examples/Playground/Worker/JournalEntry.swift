import Actors

/// One run of an actor: one line of the journal, a JSON object with these keys.
struct JournalEntry: Encodable {
  /// How a run ended.
  enum Outcome: String, Encodable {
    case ok, error, cancelled, timeout
  }

  var actor: String
  /// The id of the message.
  var id: String
  /// 1 for the first attempt; the retries so far plus one.
  var attempt: Int
  /// Whether the broker had delivered the message before.
  var redelivered: Bool
  var pid: Int32
  /// Unix milliseconds.
  var start: Int64
  /// Unix milliseconds.
  var end: Int64
  var outcome: Outcome
  /// The decoded arguments.
  var args: [JSONValue]
}
