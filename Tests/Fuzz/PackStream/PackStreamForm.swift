/// What the grammar of PackStream says of some bytes: one value, nested so deeply, or none. It is a second reader, written
/// after the specification alone, that makes no values.
enum PackStreamForm {
  case whole(depth: Int)
  case broken(String)

  init(_ bytes: [UInt8]) {
    var scanner = Scanner(bytes: bytes[...])
    do throws(Scanner.Broken) {
      try scanner.skipValues()
      self = scanner.bytes.isEmpty ? .whole(depth: scanner.deepest) : .broken("bytes are left")
    } catch {
      self = .broken(error.why)
    }
  }
}

private struct Scanner {
  struct Broken: Error {
    let why: String
  }

  /// How many values are still to come on each level; the keys of a map count, too.
  private struct Level {
    var left: Int
    let isMap: Bool
  }

  var bytes: ArraySlice<UInt8>
  var deepest = 0
  private var levels = [Level(left: 1, isMap: false)]
  /// How many lists, maps and structures are open; the outermost level is none of them.
  private var opened: Int { levels.count - 1 }

  init(bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  mutating func skipValues() throws(Broken) {
    while let level = levels.last {
      guard level.left > 0 else {
        levels.removeLast()
        continue
      }
      levels[levels.count - 1].left -= 1
      let isKey = level.isMap && level.left.isMultiple(of: 2)
      try skip(isKey: isKey)
    }
  }

  private mutating func skip(isKey: Bool) throws(Broken) {
    let marker = Int(try number(bytes: 1))
    let isText = (0x80...0x8F).contains(marker) || (0xD0...0xD2).contains(marker)
    guard isText || !isKey else { throw Broken(why: "a key that is no text") }
    switch marker {
    case 0x00...0x7F, 0xF0...0xFF, 0xC0, 0xC2, 0xC3: break
    case 0xC1, 0xCB: _ = try number(bytes: 8)
    case 0xC8: _ = try number(bytes: 1)
    case 0xC9: _ = try number(bytes: 2)
    case 0xCA: _ = try number(bytes: 4)
    case 0x80...0x8F: try text(marker & 0xF)
    case 0xD0...0xD2: try text(try size(marker - 0xD0))
    case 0xCC...0xCE: _ = try take(try size(marker - 0xCC))
    case 0x90...0x9F: try open(marker & 0xF, isMap: false)
    case 0xD4...0xD6: try open(try size(marker - 0xD4), isMap: false)
    case 0xA0...0xAF: try open(2 * (marker & 0xF), isMap: true)
    case 0xD8...0xDA: try open(2 * (try size(marker - 0xD8)), isMap: true)
    case 0xB0...0xBF:
      _ = try number(bytes: 1)
      try open(marker & 0xF, isMap: false)
    default: throw Broken(why: "a marker that begins nothing")
    }
  }

  private mutating func open(_ count: Int, isMap: Bool) throws(Broken) {
    guard count <= bytes.count else { throw Broken(why: "more items than bytes") }
    if isMap, count == 0 { return }
    levels.append(Level(left: count, isMap: isMap))
    deepest = max(deepest, opened)
  }

  private mutating func text(_ count: Int) throws(Broken) {
    guard String(validating: try take(count), as: UTF8.self) != nil else { throw Broken(why: "no UTF-8") }
  }

  private mutating func size(_ width: Int) throws(Broken) -> Int {
    let size = try number(bytes: 1 << width)
    guard size <= Int64(Int32.max) else { throw Broken(why: "a size beyond 31 bits") }
    return Int(size)
  }

  private mutating func number(bytes count: Int) throws(Broken) -> Int64 {
    Int64(bitPattern: try take(count).reduce(0) { $0 << 8 | UInt64($1) })
  }

  private mutating func take(_ count: Int) throws(Broken) -> ArraySlice<UInt8> {
    guard count <= bytes.count else { throw Broken(why: "the end is missing") }
    defer { bytes = bytes.dropFirst(count) }
    return bytes.prefix(count)
  }
}
