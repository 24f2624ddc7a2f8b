import Glibc
import Testing

@testable import Actors

@Suite("Figures in the state directory")
struct FiguresFileTests {
  private static func sample(_ size: Int) -> ProcessFigures {
    var figures = ProcessFigures()
    let histogram = MetricHistogram(bounds: [0.1], counts: [.max, 0], sum: .infinity)
    figures.metrics = [
      MetricFamily("a_total", .counter, String(repeating: "x", count: size), 1),
      MetricFamily("b", .histogram, "B.", samples: [.init(["l": "\""], value: .histogram(histogram))]),
    ]
    figures.documents = ["graph": ["state": "up", "pools": [["inUse": 3, "p99": nil]]]]
    return figures
  }

  @Test func `what is published is read, by whoever knows the process`() throws {
    let folder = try TestFolder()
    let path = FiguresFile.path(in: folder.path, slot: 2)
    let file = try FiguresFile(path: path, capacity: 4_096)
    #expect(FiguresFile.read(path: path, pid: getpid()) == nil, "nothing yet")
    for size in [10, 2_000, 1] {
      let figures = Self.sample(size)
      #expect(file.publish(try #require(figures.encoded())))
      #expect(FiguresFile.read(path: path, pid: getpid()).flatMap { ProcessFigures($0) } == figures)
    }
    #expect(FiguresFile.read(path: path, pid: 1) == nil)
    #expect(FiguresFile.read(path: path + "x", pid: getpid()) == nil)
  }

  @Test func `what is too much is refused, and the former stays`() throws {
    let folder = try TestFolder()
    let path = FiguresFile.path(in: folder.path, slot: 0)
    let file = try FiguresFile(path: path, capacity: 100)
    #expect(file.publish([1, 2, 3]))
    #expect(!file.publish([UInt8](repeating: 7, count: 101)))
    #expect(FiguresFile.read(path: path, pid: getpid()) == [1, 2, 3])
  }

  @Test func `a file cut short or changed gives nothing`() throws {
    let folder = try TestFolder()
    let path = FiguresFile.path(in: folder.path, slot: 0)
    let file = try FiguresFile(path: path, capacity: 400)
    #expect(file.publish(Array(0..<200)))
    let whole = try #require(SmallFile.read(path, limit: 1 << 20))
    let copy = "\(folder.path)/copy"
    for count in stride(from: 0, to: 231, by: 7) {
      try SmallFile.replace(copy, with: Array(whole.prefix(count)))
      #expect(FiguresFile.read(path: copy, pid: getpid()) == nil)
    }
    for index in [0, 9, 12, 15, 17, 32, 100, 231] {
      var bytes = whole
      bytes[index] ^= 0x55
      try SmallFile.replace(copy, with: bytes)
      #expect(FiguresFile.read(path: copy, pid: getpid()) == nil, "byte \(index)")
    }
  }

  @Test func `readers of a file that is written all the time see whole figures`() async throws {
    let folder = try TestFolder()
    let path = FiguresFile.path(in: folder.path, slot: 0)
    let file = try FiguresFile(path: path, capacity: 4_096)
    let writer = Task.detached {
      var round = 0
      while !Task.isCancelled {
        round += 1
        _ = file.publish([UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 1 + round % 4_000))
      }
    }
    var seen = Set<UInt8>()
    let deadline = ContinuousClock.now + .seconds(30)
    while seen.count < 50, ContinuousClock.now < deadline {
      guard let bytes = FiguresFile.read(path: path, pid: getpid()), let first = bytes.first else { continue }
      seen.insert(first)
      #expect(bytes.allSatisfy { $0 == first })
    }
    writer.cancel()
    await writer.value
    #expect(seen.count == 50)
  }
}
