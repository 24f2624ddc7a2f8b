internal import Glibc

/// A property that does not hold: says which, and ends the process in the way that libFuzzer takes for a crash, so that it
/// keeps the input.
package func require(_ condition: Bool, _ property: @autoclosure () -> String) {
  guard !condition else { return }
  report(property())
}

/// Says what is wrong and ends the process.
package func report(_ property: String) -> Never {
  let line = "\n==> property broken: \(property)\n"
  _ = line.utf8.withContiguousStorageIfAvailable { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  abort()
}
