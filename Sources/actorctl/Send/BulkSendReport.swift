/// `send --json FILE -o json`.
struct BulkSendReport: JSONOutput {
  static let schema = "actorctl.send.bulk/1"
  let confirmed: Int
  let returned: Int
  let nacked: Int
  let unknown: Int
  let badLine: String?
}
