import Actors
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// F29: bodies of all sizes.
@Suite struct LargeBodyTests {
  /// The limit of a worker that sets none, in bytes.
  private static let limit = 16 * 1_024 * 1_024

  /// A message to `size` whose body has exactly so many bytes.
  private static func body(of size: Int, to queue: String) -> (body: [UInt8], characters: Int) {
    let empty = WireMessage(queue: queue, actor: "size", args: "[\"\"]")
    let characters = size - empty.text.utf8.count
    var message = empty
    message.args = "[\"\(String(repeating: "x", count: characters))\"]"
    return (Array(message.text.utf8), characters)
  }

  /// Sizes up to the limit run; above it the body is passed on unread.
  @Test func sizesUpToTheLimitRun() async throws {
    let sizes = Seen<Int>()
    var expected: [Int] = []
    try await withQueue("large") { queue, client in
      try await withWorker(TestBroker.url()) { system in
        system.actor("size", queue: queue) { (text: String) in sizes.add(text.utf8.count) }
      } _: { _ in
        // One is of a whole number of frames, which librabbitmq leaves half-sent for 200 ms unless it is pushed.
        for size in [1_000, 1_000_000, 131_064 * 4, Self.limit] {
          let (body, characters) = Self.body(of: size, to: queue)
          #expect(try await client.publish(body, to: queue) == .confirmed)
          expected.append(characters)
        }
        let (large, _) = Self.body(of: Self.limit + 1, to: queue)
        #expect(try await client.publish(large, to: queue) == .confirmed)
        try await eventually("the others run") { sizes.count == expected.count }
        let letter = try await client.waitFor("\(queue).XQ")
        #expect(letter.body == large)
        #expect(letter.properties.headers?["x-troupe-reason"]?.text == "too_large")
      }
      #expect(sizes.all.sorted() == expected.sorted())
      #expect(try await client.takeAll(queue).isEmpty)
    }
  }

  /// A body far above the limit is passed on byte for byte, and never held in the worker's own memory.
  @Test func tooLargeBodyIsNotHeldInMemory() async throws {
    let size = 100 * 1_024 * 1_024
    try await withWorkerProcess("large") { worker, client in
      try await worker.send("noop", 0, with: client)
      let process = try worker.start(["--concurrency", "2", "--prefetch", "2"])
      try await eventually("it works") { try worker.journal.runs.count == 1 }
      let idle = Memory(of: process.pid)
      let (largest, _) = Self.body(of: Self.limit, to: worker.queue)
      #expect(try await client.publish(largest, to: worker.queue) == .confirmed)
      try await eventually("the largest that is run") { try worker.journal.runs.count == 2 }
      let busy = Memory(of: process.pid)
      #expect(busy.peak - idle.peak < 12 * Self.limit, "a few copies of it: \(idle), then \(busy)")

      let large = [UInt8](repeating: UInt8(ascii: "x"), count: size)
      #expect(try await client.publish(large, to: worker.queue) == .confirmed)
      var own = 0
      try await eventually("it is passed on") {
        own = max(own, Memory(of: process.pid).own)
        return try await client.ready("\(worker.queue).XQ") == 1
      }
      let after = Memory(of: process.pid)
      #expect(own - busy.own < size / 2, "\(busy), then \(own) bytes")
      #expect(after.peak - busy.peak < size * 2, "\(busy), then \(after)")
      let letter = try await client.waitFor("\(worker.queue).XQ")
      #expect(letter.properties.headers?["x-troupe-reason"]?.text == "too_large")
      #expect(letter.properties.headers?["x-troupe-error"]?.text?.contains("\(size) bytes") == true)
      #expect(letter.body.count == size && letter.body.withUnsafeBytes { Self.isAll("x", $0) })
      process.signal(SIGTERM)
      #expect(try await process.waitForExit() == .code(0), "\(process.output.suffix(2_000))")
    }
  }

  /// Whether all bytes are this one.
  private static func isAll(_ character: Unicode.Scalar, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress, bytes.first == UInt8(ascii: character) else { return false }
    return memcmp(base, base + 1, bytes.count - 1) == 0
  }

  /// What a process takes, in bytes.
  private struct Memory: CustomStringConvertible {
    /// Memory that is no file's, now.
    let own: Int
    /// The most that was ever resident, files included.
    let peak: Int
    var description: String { "\(own >> 20) MiB of its own, \(peak >> 20) MiB at most" }

    init(of pid: pid_t) {
      let data = FileManager.default.contents(atPath: "/proc/\(pid)/status") ?? Data()
      func bytes(_ name: String) -> Int {
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("\(name):") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1_024
      }
      own = bytes("RssAnon")
      peak = bytes("VmHWM")
    }
  }
}
