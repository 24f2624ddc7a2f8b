/// One stretch of output that is written from front to back.
///
/// Values of nearly every type are written straight into one sink. Only a container that a type asks for explicitly
/// (`nestedContainer`, `superEncoder`) gets a sink of its own, because it may be filled in any order; it is spliced in
/// at the end.
final class EncodingSink {
  var writer = JSONWriter(capacity: 128)
  /// The innermost value that is being written; everything else has to wait.
  var active: ObjectIdentifier?
  /// What is still to be put in, by the offset where it belongs.
  private var splices: [(offset: Int, slot: ValueSlot)] = []
  private let parent: EncodingSink?
  private var failure: EncodingError?

  init(parent: EncodingSink? = nil) { self.parent = parent }

  /// Notes a fault that the protocol gives no chance to throw; ``finish()`` throws it.
  func fail(_ error: EncodingError) {
    if let parent { return parent.fail(error) }
    if failure == nil { failure = error }
  }

  /// Puts in a value that is written elsewhere, in its own time.
  func splice(_ slot: ValueSlot) { splices.append((writer.bytes.count, slot)) }

  /// A point to go back to when a value turns out to have no form.
  var mark: (Int, Int) { (writer.bytes.count, splices.count) }

  /// Takes back all that was written since.
  func rewind(to mark: (Int, Int)) {
    writer.bytes.removeLast(writer.bytes.count - mark.0)
    while splices.count > mark.1 { splices.popLast()?.slot.sink.dismantle() }
  }

  /// Lets go of the values written elsewhere, which know this sink in their turn.
  func dismantle() {
    let slots = splices.map(\.slot)
    splices = []
    active = nil
    for slot in slots { slot.sink.dismantle() }
  }

  /// All that was written, in one piece.
  func finish() throws -> [UInt8] {
    if let failure { throw failure }
    if splices.isEmpty { return writer.bytes }
    var result: [UInt8] = []
    var offset = 0
    for splice in splices {
      result += writer.bytes[offset..<splice.offset]
      splice.slot.close()
      result += try splice.slot.sink.finish()
      offset = splice.offset
    }
    return result + writer.bytes[offset...]
  }
}
