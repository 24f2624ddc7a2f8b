/// A driver that could not be made, with the URI that it was to be made for.
struct RefusedURI: Error, CustomStringConvertible {
  let uri: String
  let reason: any Error

  var description: String { "\(reason) (\(uri))" }
}
