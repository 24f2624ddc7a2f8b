import Glibc

/// Reads a file line by line in bounded memory.
struct LineReader: ~Copyable {
  /// One line without its end.
  struct Line {
    /// Counted from 1.
    let number: Int
    let bytes: [UInt8]
  }

  private let descriptor: Int32
  private let limit: Int
  private var buffer: [UInt8] = []
  private var position = 0
  private var number = 0
  private var isAtEnd = false
  /// How many bytes of the file have been handed out.
  private(set) var consumed = 0

  /// - Parameter limit: The longest line that is accepted.
  init(descriptor: Int32, limit: Int) {
    self.descriptor = descriptor
    self.limit = limit
  }

  /// The next line; nil after the last.
  ///
  /// - Throws: ``CommandFailure`` (`data`) when a line is too long or the file cannot be read.
  mutating func next() throws(CommandFailure) -> Line? {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) { return take(upTo: end, skipping: 1) }
      if isAtEnd { return position < buffer.count ? take(upTo: buffer.count, skipping: 0) : nil }
      searched = buffer.count
      guard searched - position <= limit else {
        throw CommandFailure(.data, "line \(number + 1) is longer than \(Figures.bytes(limit))")
      }
      searched -= compact()
      try fill()
    }
  }

  private mutating func take(upTo end: Int, skipping newline: Int) -> Line {
    var bytes = Array(buffer[position..<end])
    if bytes.last == 0x0D { bytes.removeLast() }
    number += 1
    consumed += end + newline - position
    position = end + newline
    return Line(number: number, bytes: bytes)
  }

  /// Drops what was handed out; returns how many bytes.
  private mutating func compact() -> Int {
    let dropped = position
    buffer.removeFirst(dropped)
    position = 0
    return dropped
  }

  private mutating func fill() throws(CommandFailure) {
    let size = 256 * 1024
    let old = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: size))
    let count = buffer.withUnsafeMutableBytes { bytes in
      var count = -1
      repeat { count = read(descriptor, bytes.baseAddress.map { $0 + old }, size) } while count < 0 && errno == EINTR
      return count
    }
    let code = errno
    buffer.removeLast(size - max(count, 0))
    guard count >= 0 else { throw CommandFailure(.data, "the input cannot be read: \(SystemError.text(code))") }
    isAtEnd = count == 0
  }
}
