import NIOCore
import Synchronization

/// Records that came together, on their way through whoever reads them. All readers of a result share its position, so
/// that one continues where another stopped.
final class RecordBatch: Sendable {
  private let records: [ByteBuffer]
  private let position = Atomic(0)

  init(_ records: [ByteBuffer]) { self.records = records }

  /// The next record, which is nobody else's then; nil behind the last.
  func take() -> ByteBuffer? {
    let index = position.wrappingAdd(1, ordering: .relaxed).oldValue
    return index < records.count ? records[index] : nil
  }

  /// The next record, left in its place; nil behind the last.
  var first: ByteBuffer? {
    let index = position.load(ordering: .relaxed)
    return index < records.count ? records[index] : nil
  }
}
