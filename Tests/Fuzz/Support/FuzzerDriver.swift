internal import CLibFuzzer

/// Starts libFuzzer.
///
/// SwiftPM gives the entry of a program the name of its module, so libFuzzer's own `main` is not the one that runs: each
/// fuzzer calls this from `<Module>_main`.
package enum FuzzerDriver {
  /// What libFuzzer calls with every input.
  package typealias Test = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

  /// Runs libFuzzer with the program's arguments until it is done, and returns the exit code.
  package static func run(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ test: Test
  ) -> CInt {
    var (count, arguments) = (count, arguments)
    return LLVMFuzzerRunDriver(&count, &arguments, test)
  }
}
