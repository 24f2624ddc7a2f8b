/// Stands for an error of the suite's own code, thrown through the driver.
struct FrontendFailure: Error, CustomStringConvertible {
  var description: String { "the suite's own code failed" }
}
