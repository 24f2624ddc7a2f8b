internal import CRabbitMQ

/// Converts between ``AMQPValue`` and the library's tables.
enum FieldTable {
  /// Tables from the wire are read to this depth; what is deeper becomes `.null`.
  static let maximumDepth = 32

  /// Memory for the C view of a table; it lives as long as the closure that uses it.
  final class Arena {
    private var pool = amqp_pool_t()

    init() { init_amqp_pool(&pool, 4096) }
    deinit { empty_amqp_pool(&pool) }

    func bytes(_ string: String) -> amqp_bytes_t {
      var string = string
      return string.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    func copy(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
      guard let base = source.baseAddress, source.count > 0, let target = amqp_pool_alloc(&pool, source.count) else {
        return amqp_empty_bytes
      }
      target.copyMemory(from: base, byteCount: source.count)
      return amqp_bytes_t(len: source.count, bytes: target)
    }

    func table(_ values: [String: AMQPValue]) -> amqp_table_t {
      guard !values.isEmpty,
        let memory = amqp_pool_alloc(&pool, values.count * MemoryLayout<amqp_table_entry_t>.stride)
      else { return amqp_empty_table }
      let entries = memory.bindMemory(to: amqp_table_entry_t.self, capacity: values.count)
      for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
        entries[index] = amqp_table_entry_t(key: bytes(key), value: field(value))
      }
      return amqp_table_t(num_entries: Int32(values.count), entries: entries)
    }

    private func array(_ values: [AMQPValue]) -> amqp_array_t {
      guard !values.isEmpty,
        let memory = amqp_pool_alloc(&pool, values.count * MemoryLayout<amqp_field_value_t>.stride)
      else { return amqp_empty_array }
      let entries = memory.bindMemory(to: amqp_field_value_t.self, capacity: values.count)
      for (index, value) in values.enumerated() { entries[index] = field(value) }
      return amqp_array_t(num_entries: Int32(values.count), entries: entries)
    }

    private func field(_ value: AMQPValue) -> amqp_field_value_t {
      var field = amqp_field_value_t()
      switch value {
      case .null: field.kind = UInt8(ascii: "V")
      case .bool(let flag):
        field.kind = UInt8(ascii: "t")
        field.value.boolean = flag ? 1 : 0
      case .integer(let number):
        field.kind = UInt8(ascii: "l")
        field.value.i64 = number
      case .integer32(let number):
        field.kind = UInt8(ascii: "I")
        field.value.i32 = number
      case .double(let number):
        field.kind = UInt8(ascii: "d")
        field.value.f64 = number
      case .string(let text):
        field.kind = UInt8(ascii: "S")
        field.value.bytes = bytes(text)
      case .bytes(let content):
        field.kind = UInt8(ascii: "x")
        field.value.bytes = content.withUnsafeBytes { copy($0) }
      case .timestamp(let seconds):
        field.kind = UInt8(ascii: "T")
        field.value.u64 = seconds
      case .array(let values):
        field.kind = UInt8(ascii: "A")
        field.value.array = array(values)
      case .table(let values):
        field.kind = UInt8(ascii: "F")
        field.value.table = table(values)
      }
      return field
    }
  }

  /// Copies a table of the library. Keys that are not UTF-8 are repaired; of equal keys the last one stays.
  static func decode(_ table: amqp_table_t, depth: Int = 0) -> [String: AMQPValue] {
    guard depth < maximumDepth, let entries = table.entries, table.num_entries > 0 else { return [:] }
    var values: [String: AMQPValue] = [:]
    for index in 0..<Int(table.num_entries) {
      values[string(entries[index].key)] = decode(entries[index].value, depth: depth + 1)
    }
    return values
  }

  /// Copies the headers of a delivery, without the broker's notes on earlier dead-letterings: nobody in a worker reads them,
  /// every step of the delay ladder adds some, and nested as they are they cost more to copy than all the rest.
  static func decodeHeaders(_ table: amqp_table_t) -> [String: AMQPValue] {
    guard let entries = table.entries, table.num_entries > 0 else { return [:] }
    var values: [String: AMQPValue] = [:]
    for index in 0..<Int(table.num_entries) where !isDeathNote(entries[index].key) {
      values[string(entries[index].key)] = decode(entries[index].value, depth: 1)
    }
    return values
  }

  private static func isDeathNote(_ key: amqp_bytes_t) -> Bool {
    let bytes = UnsafeRawBufferPointer(start: key.bytes, count: key.len)
    return bytes.starts(with: "x-death".utf8) || bytes.starts(with: "x-first-death-".utf8)
      || bytes.starts(with: "x-last-death-".utf8)
  }

  /// Copies a string of the library; bytes that are not UTF-8 are repaired.
  static func string(_ bytes: amqp_bytes_t) -> String {
    String(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
  }

  private static func decode(_ field: amqp_field_value_t, depth: Int) -> AMQPValue {
    switch field.kind {
    case UInt8(ascii: "t"): .bool(field.value.boolean != 0)
    case UInt8(ascii: "b"): .integer(Int64(field.value.i8))
    case UInt8(ascii: "B"): .integer(Int64(field.value.u8))
    case UInt8(ascii: "s"): .integer(Int64(field.value.i16))
    case UInt8(ascii: "u"): .integer(Int64(field.value.u16))
    case UInt8(ascii: "I"): .integer(Int64(field.value.i32))
    case UInt8(ascii: "i"): .integer(Int64(field.value.u32))
    case UInt8(ascii: "l"): .integer(field.value.i64)
    case UInt8(ascii: "L"): .integer(Int64(clamping: field.value.u64))
    case UInt8(ascii: "f"): .double(Double(field.value.f32))
    case UInt8(ascii: "d"): .double(field.value.f64)
    case UInt8(ascii: "S"): text(field.value.bytes)
    case UInt8(ascii: "x"): .bytes(Array(UnsafeRawBufferPointer(start: field.value.bytes.bytes, count: field.value.bytes.len)))
    case UInt8(ascii: "T"): .timestamp(field.value.u64)
    case UInt8(ascii: "F"): .table(decode(field.value.table, depth: depth))
    case UInt8(ascii: "A"): array(field.value.array, depth: depth)
    default: .null
    }
  }

  private static func text(_ bytes: amqp_bytes_t) -> AMQPValue {
    let content = UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len)
    if let text = String(validating: content, as: UTF8.self) { return .string(text) }
    return .bytes(Array(content))
  }

  private static func array(_ array: amqp_array_t, depth: Int) -> AMQPValue {
    guard depth < maximumDepth, let entries = array.entries, array.num_entries > 0 else { return .array([]) }
    return .array((0..<Int(array.num_entries)).map { decode(entries[$0], depth: depth + 1) })
  }
}
