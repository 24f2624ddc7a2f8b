/// A defect of the backend, or a request that it does not understand: nothing that the driver did.
struct BackendFault: Error, CustomStringConvertible {
  /// What is wrong.
  let description: String

  init(_ description: String) { self.description = description }
}
