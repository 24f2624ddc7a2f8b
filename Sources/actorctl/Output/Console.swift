import Glibc

/// Where a command reads, writes and asks. Data go to standard output alone, messages to standard error.
struct Console: Sendable {
  /// Writes data.
  var write: @Sendable (String) -> Void
  /// Writes a message, a question or a progress bar.
  var writeError: @Sendable (String) -> Void
  /// Reads the answer to a question; nil when there is nobody to ask.
  var readAnswer: @Sendable () -> String?
  /// Whether the data are seen by a person.
  var isOutputTerminal: Bool
  /// Whether the messages are seen by a person.
  var isErrorTerminal: Bool
  /// The width of the terminal that the data go to; nil when they go elsewhere.
  var outputWidth: Int?
  /// The environment.
  var environment: [String: String]
  /// The descriptor that `-` means.
  var standardInput: Int32
  /// The current folder.
  var workingDirectory: String

  /// Whether messages may be coloured: on a terminal, unless `NO_COLOR` says no.
  var usesColour: Bool {
    isErrorTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// Writes one line of data.
  func print(_ line: String) { write(line + "\n") }

  /// Writes one line of message.
  func note(_ line: String) { writeError(line + "\n") }

  /// Writes a warning.
  func warn(_ line: String) { note(marked("warning:", 33) + " " + line) }

  /// Writes an error.
  func fail(_ line: String) { note(marked("error:", 31) + " " + line) }

  /// Asks before something that cannot be undone.
  ///
  /// - Parameter isAgreed: Whether `--yes` was given.
  /// - Throws: ``CommandFailure`` (`refused`) when the answer is no, or when there is nobody to ask.
  func confirm(_ question: String, isAgreed: Bool) throws(CommandFailure) {
    if isAgreed { return }
    guard isErrorTerminal else {
      throw CommandFailure(.refused, "\(question) Nobody can be asked here: give --yes to go on.")
    }
    writeError("\(question) [y/N] ")
    guard let answer = readAnswer() else { throw CommandFailure(.refused, "not confirmed; nothing was changed") }
    guard ["y", "yes"].contains(answer.lowercased()) else {
      throw CommandFailure(.refused, "not confirmed; nothing was changed")
    }
  }

  private func marked(_ word: String, _ colour: Int) -> String {
    usesColour ? "\u{1B}[\(colour)m\(word)\u{1B}[0m" : word
  }
}

extension Console {
  /// The console of this process.
  static func standard() -> Console {
    Console(
      write: { Self.write($0, to: STDOUT_FILENO) },
      writeError: { Self.write($0, to: STDERR_FILENO) },
      readAnswer: { isatty(STDIN_FILENO) == 1 ? readLine() : nil },
      isOutputTerminal: isatty(STDOUT_FILENO) == 1,
      isErrorTerminal: isatty(STDERR_FILENO) == 1,
      outputWidth: width(of: STDOUT_FILENO),
      environment: currentEnvironment(),
      standardInput: STDIN_FILENO,
      workingDirectory: currentFolder())
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        // A reader that has gone (`actorctl … | head`) needs nothing more.
        if count < 0 && errno == EPIPE && descriptor == STDOUT_FILENO { exit(0) }
        guard count > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }

  private static func width(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private static func currentEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let equals = pair.firstIndex(of: "=") {
        result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
      }
      entry += 1
    }
    return result
  }

  private static func currentFolder() -> String {
    guard let folder = getcwd(nil, 0) else { return "/" }
    defer { free(folder) }
    return String(cString: folder)
  }
}
