/// Overwrites a broker URL in the memory that `ps` shows.
enum CommandLineSecrets {
  /// Call it after the arguments were copied.
  static func hide() {
    var hidesNext = false
    for index in 0..<Int(CommandLine.argc) {
      guard let argument = CommandLine.unsafeArgv[index] else { continue }
      let text = String(cString: argument)
      if hidesNext {
        overwrite(argument, from: 0)
        hidesNext = false
      } else if text == "--broker-url" {
        hidesNext = true
      } else if text.hasPrefix("--broker-url=") {
        overwrite(argument, from: "--broker-url=".utf8.count)
      }
    }
  }

  private static func overwrite(_ argument: UnsafeMutablePointer<CChar>, from start: Int) {
    var index = start
    while argument[index] != 0 {
      argument[index] = CChar(bitPattern: UInt8(ascii: "x"))
      index += 1
    }
  }
}
