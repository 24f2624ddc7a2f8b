import Actors
import Synchronization

@testable import actorctl

/// A console whose output a test reads.
final class CapturedConsole: Sendable {
  private struct Texts {
    var output = ""
    var error = ""
    var answers: [String]
  }

  private let texts: Lock<Texts>
  private let isTerminal: Bool
  private let environment: [String: String]
  private let standardInput: Int32

  init(
    isTerminal: Bool = false, answers: [String] = [], environment: [String: String] = [:], standardInput: Int32 = -1
  ) {
    texts = Lock(Texts(answers: answers))
    self.isTerminal = isTerminal
    self.environment = environment
    self.standardInput = standardInput
  }

  var output: String { texts.withLock { $0.output } }
  var error: String { texts.withLock { $0.error } }

  var console: Console {
    Console(
      write: { text in self.texts.withLock { $0.output += text } },
      writeError: { text in self.texts.withLock { $0.error += text } },
      readAnswer: { self.texts.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() } },
      isOutputTerminal: isTerminal, isErrorTerminal: isTerminal, outputWidth: nil, environment: environment,
      standardInput: standardInput, workingDirectory: "/nowhere")
  }
}
