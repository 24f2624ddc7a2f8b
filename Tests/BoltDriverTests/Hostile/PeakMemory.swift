import FoundationEssentials

/// The most memory that this process ever held.
enum PeakMemory {
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
