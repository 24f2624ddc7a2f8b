/// `send -o json`: one message.
struct SendReport: JSONOutput {
  static let schema = "actorctl.send/1"
  let id: String
  let actor: String
  let queue: String
  let delayMilliseconds: Int64?
  let confirmedMilliseconds: Double
}
