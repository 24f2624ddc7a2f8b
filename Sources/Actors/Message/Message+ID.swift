extension Message {
  /// A fresh random UUID (version 4) in lower case.
  public static func makeID() -> String {
    let (first, second) = RandomPool.next()
    // Version 4 in the high half, the variant of RFC 9562 in the low one.
    let high = first & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = second & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    return String(unsafeUninitializedCapacity: 36) { buffer in
      var index = 0
      for nibble in 0..<32 {
        if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
          buffer[index] = UInt8(ascii: "-")
          index += 1
        }
        let half = nibble < 16 ? high : low
        let digit = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (nibble & 15))) & 0xF
        buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        index += 1
      }
      return index
    }
  }
}
