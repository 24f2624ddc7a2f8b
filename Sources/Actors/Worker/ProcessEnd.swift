/// Tells whether a process is ending.
enum ProcessEnd {
  /// `PF_EXITING` of the kernel: set for every thread before the process closes its files.
  private static let exiting: UInt64 = 0x4

  /// Whether a process has begun to end, or has ended and is not waited for yet. False when nothing is known of it.
  static func hasBegun(_ pid: Int32) -> Bool {
    guard let bytes = SmallFile.readStream("/proc/\(pid)/stat", limit: 1_024) else { return false }
    // The name, in parentheses, may hold anything.
    guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return false }
    let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
    guard fields.count > 6, let state = fields[0].first else { return false }
    if state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") { return true }
    return UInt64(String(decoding: fields[6], as: UTF8.self)).map { $0 & exiting != 0 } ?? false
  }
}
