/// An error as metrics and spans know it: by names that few errors have, never by what was said of it.
struct OperationFailure: Sendable, Hashable {
  /// The server's code, the driver's, or the type of any other error.
  let type: String
  /// The server's code; nil for an error that is not the server's.
  let statusCode: String?

  init(_ error: any Error) {
    guard let error = error as? BoltError else {
      type = "\(Swift.type(of: error))"
      statusCode = nil
      return
    }
    // A server may invent codes of any length.
    type = error.code.rawValue.utf8.count <= 128 ? error.code.rawValue : SemanticConventions.other
    statusCode = error.server == nil ? nil : type
  }
}
