import Glibc
import NIOCore
import Testing

@testable import BoltDriver

@Suite("Deep values on small stacks")
struct SmallStackTests {
  @Test("The deepest value that is let through is read, written, printed, compared and freed on half the usual stack")
  func deepest() async {
    await #expect(processExitsWith: .success) {
      for opening in [[0x91], [0xA1, 0x81, 0x61], [0xB1, 0x01]] as [[UInt8]] {
        let depth = PackStreamDialect.maximumDepth - 1
        let bytes = [UInt8]([[UInt8]](repeating: opening, count: depth).joined()) + [0x01]
        let done = try SmallStack.run(bytes: 4 * 1024 * 1024) {
          guard let value = try? PackStreamBytes.decode(bytes) else { return false }
          _ = try? PackStreamBytes.encode(value)
          var hasher = Hasher()
          value.hash(into: &hasher)
          return value == (try? PackStreamBytes.decode(bytes)) && !"\(value)".isEmpty
        }
        #expect(done)
      }
    }
  }
}

/// A thread with a stack of its own size.
private enum SmallStack {
  struct NoThread: Error {}

  private final class Job {
    let body: () -> Bool
    var result = false

    init(_ body: @escaping () -> Bool) { self.body = body }
  }

  static func run(bytes: Int, _ body: @escaping () -> Bool) throws -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, bytes)
    let job = Job(body)
    var thread = pthread_t()
    let started = pthread_create(
      &thread, &attributes,
      { pointer in
        guard let pointer else { return nil }
        let job = Unmanaged<Job>.fromOpaque(pointer).takeUnretainedValue()
        job.result = job.body()
        return nil
      }, Unmanaged.passUnretained(job).toOpaque())
    guard started == 0 else { throw NoThread() }
    pthread_join(thread, nil)
    return withExtendedLifetime(job) { job.result }
  }
}
