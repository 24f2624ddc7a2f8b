import BoltDriver
import FuzzSupport
import NIOCore

/// Values as a server may send them. Whatever comes, reading it ends with a value or an error; what is read and what is
/// refused is told beforehand by a reader that only looks at the form; and a value, written by two writers, is read
/// as the same value again.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzPackStream(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let mode = input.takeByte()
  let dialect = PackStreamFuzzer.dialects[Int(mode & 3)]
  PackStreamFuzzer(dialect: dialect).test(input.takeAll())
  return 0
}

@_cdecl("PackStreamFuzzer_main")
func runPackStreamFuzzer(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  FuzzerDriver.run(count, arguments, fuzzPackStream)
}

struct PackStreamFuzzer {
  static let dialects = [
    PackStreamDialect(version: .v60), PackStreamDialect(version: .v54), PackStreamDialect(version: .v44),
    PackStreamDialect(version: .v44, utcPatch: true),
  ]

  let dialect: PackStreamDialect

  func test(_ bytes: [UInt8]) {
    let outcome = read(bytes)
    let form = PackStreamForm(bytes)
    switch (outcome, form) {
    case (.failure, .broken): return
    case (.failure(let error), .whole(let depth)):
      guard case .tooDeep = error.kind, depth >= PackStreamDialect.maximumDepth else {
        report("a well-formed value is read; got: \(error)")
      }
      return
    case (.success, .broken(let why)): report("what is malformed is refused (\(why))")
    case (.success(let value), .whole(let depth)):
      require(depth <= PackStreamDialect.maximumDepth, "a depth of \(depth) is refused")
      testPrefixes(of: bytes)
      testWriting(value)
      use(value, prints: bytes.count.isMultiple(of: 8))
    }
  }

  private func read(_ bytes: [UInt8]) -> Result<BoltValue, PackStreamError> {
    do throws(PackStreamError) {
      return .success(
        try PackStreamReader.read(ByteBuffer(bytes: bytes), dialect: dialect) { reader throws(PackStreamError) in
          try reader.readValue()
        })
    } catch {
      return .failure(error)
    }
  }

  /// A value that is cut anywhere lacks its end, and nothing else.
  private func testPrefixes(of bytes: [UInt8]) {
    guard bytes.count <= 64 else { return }
    for end in bytes.indices {
      guard case .failure(let error) = read([UInt8](bytes[..<end])), case .truncated = error.kind else {
        report("a value cut at byte \(end) is told to be truncated")
      }
    }
  }

  private func testWriting(_ value: BoltValue) {
    var plain = PlainWriter(dialect: dialect)
    plain.write(value)
    guard case .success(let again) = read(plain.bytes) else { report("what was read and written is read again") }
    require(value.isSame(as: again), "what was read and written is the same when it is read again")

    var writer = PackStreamWriter(ByteBuffer(), dialect: dialect)
    do throws(PackStreamError) {
      try writer.write(value)
      require(plain.canBeSent, "nodes, relationships, paths and unsupported values are not sent")
      // Both go through the same maps in the same order.
      require(Array(buffer: writer.take()) == plain.bytes, "the driver's writer and the plain one write the same bytes")
    } catch {
      guard case .unsendable = error.kind, !plain.canBeSent else { report("what was read can be sent; got: \(error)") }
    }
  }

  /// What may be done with every value, none of which may trap.
  private func use(_ value: BoltValue, prints: Bool) {
    require(value.hashValue == value.hashValue, "a value's hash does not change")
    _ = try? String(boltValue: value)
    _ = try? Double(boltValue: value)
    _ = try? Duration(boltValue: value)
    _ = try? [UInt8](boltValue: value)
    if prints { require(!"\(value)".isEmpty, "a value can be printed") }
    switch value {
    case .date(let date): _ = date.components
    case .localDateTime(let time): _ = "\(time.date) \(time.time)"
    case .dateTime(let time): _ = (time.local, try? time.wallClock())
    case .duration(let span): _ = span.fixed
    case .path(let path): require(path.length == path.nodes.count - 1, "a path has one node more than relationships")
    case .vector(let vector): require(vector.doubles.count == vector.count, "a vector has as many numbers as it says")
    default: break
    }
  }
}
