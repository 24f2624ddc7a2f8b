import Actors
import Glibc

/// How often each message was delivered, kept in a file because the process that counts does not survive: one line a
/// delivery, the message's id. The file stands in the folder `PLAYGROUND_STATE`, else beside the journal, else in `/tmp`.
enum DeliveryCount {
  /// Records one more delivery of a message.
  ///
  /// - Returns: How many there were, this one included.
  /// - Throws: ``PlaygroundError``.
  static func increment(for id: String) throws -> Int {
    let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw PlaygroundError("\(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    // A message is delivered to one process at a time, so its own lines cannot change between the write and the read.
    let line = id.utf8.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 } + [UInt8(ascii: "\n")]
    guard line.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == line.count else {
      throw PlaygroundError("\(path): \(String(cString: strerror(errno)))")
    }
    let key = line.dropLast()
    return try contents(of: descriptor).split(separator: UInt8(ascii: "\n")).count { $0 == key }
  }

  private static var path: String {
    if let folder = environment("PLAYGROUND_STATE") { return folder + "/deliveries" }
    if let journal = environment("PLAYGROUND_JOURNAL") { return journal + ".deliveries" }
    return "/tmp/playground-\(getuid()).deliveries"
  }

  private static func contents(of descriptor: Int32) throws -> [UInt8] {
    var contents: [UInt8] = []
    var offset: off_t = 0
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, offset) }
      guard count >= 0 else { throw PlaygroundError("\(path): \(String(cString: strerror(errno)))") }
      if count == 0 { return contents }
      contents += buffer[..<count]
      offset += off_t(count)
    }
  }
}
