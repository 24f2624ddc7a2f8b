import FoundationEssentials

/// The most memory that this process ever held.
enum PeakMemory {
  /// Whether the figure means something: a sanitizer keeps a shadow of its own that is larger than the memory.
  static var isMeasurable: Bool {
    #if TROUPE_THREAD_SANITIZER || TROUPE_ADDRESS_SANITIZER
      false
    #else
      bytes > 0
    #endif
  }

  /// In bytes; 0 when the system does not tell.
  static var bytes: Int {
    guard let data = FileManager.default.contents(atPath: "/proc/self/status"),
      let text = String(validating: data, as: UTF8.self)
    else { return 0 }
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let number = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    return (number.flatMap { Int($0) } ?? 0) * 1024
  }
}
