import Glibc
import Synchronization

/// Tells the driver that a task ran, at well under a microsecond a hit: a map of the file that `BENCH_PROBE` names.
///
/// Bytes 0-7: the number of slots taken. Slot k (from 1) is the 64 bytes at 64 k, written by one thread only: a count
/// (UInt64), the times of the first and of the last hit (Double, CLOCK_MONOTONIC seconds). Latencies are appended to the
/// file that `BENCH_LATENCY` names, as Doubles in milliseconds.
public enum Probe {
  private struct Slot {
    var count: UInt64
    var first: Double
    var last: Double
  }

  private static let slotSize = 64
  private static let slots = 1024

  /// Which threads have a slot: a thread finds its own without a lock.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  private static let claims = Mutex(())

  private nonisolated(unsafe) static let map: UnsafeMutableRawPointer? = {
    guard let path = getenv("BENCH_PROBE") else { return nil }
    let file = open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let map = mmap(nil, slotSize * (slots + 1), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    return map == MAP_FAILED ? nil : map
  }()

  private static let latencies: Int32 = {
    guard let path = getenv("BENCH_LATENCY") else { return -1 }
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
  }()

  /// A task ran.
  public static func hit() {
    guard let slot = pthread_getspecific(key).map({ $0.assumingMemoryBound(to: Slot.self) }) ?? claim() else { return }
    let now = now
    if slot.pointee.count == 0 { slot.pointee.first = now }
    slot.pointee.last = now
    slot.pointee.count += 1
  }

  /// A task ran so long after its `send` was called.
  public static func latency(milliseconds: Double) {
    var milliseconds = milliseconds
    _ = write(latencies, &milliseconds, MemoryLayout<Double>.size)
  }

  /// Takes the next slot for this thread; nil without a map, or when all slots are taken.
  private static func claim() -> UnsafeMutablePointer<Slot>? {
    claims.withLock { _ in
      guard let map else { return nil }
      let used = map.load(as: UInt64.self)
      guard used < slots else { return nil }
      map.storeBytes(of: used + 1, as: UInt64.self)
      let slot = (map + slotSize * Int(used + 1)).bindMemory(to: Slot.self, capacity: 1)
      pthread_setspecific(key, slot)
      return slot
    }
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
