import Glibc

/// By how much this process grows.
struct ResidentMemory {
  /// The kernel's figures could not be read.
  struct Unreadable: Error {
    let file: String
  }

  private let before: Int

  /// Begins: the peak is counted from here.
  init() throws {
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw Unreadable(file: "/proc/self/clear_refs") }
    defer { close(file) }
    // 5: the peak becomes what is resident now.
    guard Glibc.write(file, "5", 1) == 1 else { throw Unreadable(file: "/proc/self/clear_refs") }
    before = try Self.peak
  }

  /// By how many bytes more were resident at the peak than at the beginning.
  var growth: Int { get throws { try Self.peak - before } }

  /// The most that was resident, in bytes.
  private static var peak: Int {
    get throws {
      guard let file = fopen("/proc/self/status", "re") else { throw Unreadable(file: "/proc/self/status") }
      defer { fclose(file) }
      var (line, capacity) = (UnsafeMutablePointer<CChar>?.none, 0)
      defer { free(line) }
      while getline(&line, &capacity, file) > 0, let text = line.map({ String(cString: $0) }) {
        let words = text.split(whereSeparator: \.isWhitespace)
        if words.count >= 2, words[0] == "VmHWM:", let kilobytes = Int(words[1]) { return kilobytes * 1024 }
      }
      throw Unreadable(file: "/proc/self/status")
    }
  }
}
