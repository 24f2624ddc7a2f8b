/// What libFuzzer made up, taken apart from the front: first what steers the test, then what is tested.
package struct FuzzInput {
  /// What has not been taken.
  package private(set) var rest: UnsafeRawBufferPointer.SubSequence

  /// The input as libFuzzer hands it over.
  package init(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
    rest = UnsafeRawBufferPointer(start: bytes, count: count)[...]
  }

  /// Takes a byte; zero when there is none.
  package mutating func takeByte() -> UInt8 { rest.popFirst() ?? 0 }

  /// Takes so many bytes, or what is there.
  package mutating func take(_ count: Int) -> [UInt8] {
    let taken = [UInt8](rest.prefix(count))
    rest = rest.dropFirst(count)
    return taken
  }

  /// Takes everything.
  package mutating func takeAll() -> [UInt8] { take(rest.count) }

  /// Takes everything as text; what is not UTF-8 is repaired.
  package mutating func takeText() -> String { String(decoding: takeAll(), as: UTF8.self) }
}
