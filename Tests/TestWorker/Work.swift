import Actors
import Glibc
import Middleware

/// What the actors do.
enum Work {
  /// What `fail` throws.
  struct Failure: Error {
    var attempt: Int
  }

  /// Adds one to the count of a node, which is made when there is none.
  static func merge(key: Int) async throws {
    guard let graph = try MessageContext.current?.graph, let label = Environment.text("TEST_LABEL") else { return }
    try await graph.executeWrite { transaction in
      let query: Query = try "MERGE (e:\(label: label) {key: \(key)}) SET e.count = coalesce(e.count, 0) + 1"
      try await transaction.run(query)
    }
  }

  /// Blocks its thread in a system call.
  static func block(milliseconds: Int) {
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    while ContinuousClock.now < end {
      let left = (end - ContinuousClock.now).components
      var wish = timespec(tv_sec: Int(left.seconds), tv_nsec: Int(left.attoseconds / 1_000_000_000))
      nanosleep(&wish, nil)
    }
  }

  /// Keeps its thread busy, deaf to cancellation.
  static func spin(milliseconds: Int) {
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    while ContinuousClock.now < end {}
  }

  /// Fails on the first `times` attempts.
  static func fail(times: Int) throws {
    let attempt = MessageContext.current?.attempt ?? 1
    if attempt <= times { throw Failure(attempt: attempt) }
  }

  /// Ends the process on the first `times` deliveries of the message.
  static func crash(times: Int, by ending: () -> Void) throws {
    guard let folder = Environment.text("TEST_CRASHES"), let id = MessageContext.current?.message.id else { return }
    var delivery = 1
    // A file for each delivery: the process that counts does not survive.
    while true {
      let file = open("\(folder)/\(id).\(delivery)", O_WRONLY | O_CREAT | O_EXCL, 0o600)
      if file >= 0 {
        close(file)
        break
      }
      guard errno == EEXIST else { throw Failure(attempt: delivery) }
      delivery += 1
    }
    if delivery <= times { ending() }
  }

  /// A runtime check that fails.
  static func trap() { fatalError("crash on purpose") }

  /// An access to memory that is not there.
  static func segfault() {
    kill(getpid(), SIGSEGV)
    block(milliseconds: 60_000)
  }

  /// A recursion without end.
  static func overflowStack() { _ = depth(of: 1) }

  @inline(never) private static func depth(of level: Int) -> Int {
    withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 8) { buffer in
      buffer[0] = UInt8(truncatingIfNeeded: level)
      return depth(of: level + 1) + Int(buffer[0])
    }
  }
}
