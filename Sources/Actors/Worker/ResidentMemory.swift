import Glibc

/// How much memory this process has in RAM.
enum ResidentMemory {
  /// Bytes, from the kernel; nil when it does not say.
  static var bytes: Int? {
    guard let text = SmallFile.readStream("/proc/self/statm", limit: 256) else { return nil }
    let fields = String(decoding: text, as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
