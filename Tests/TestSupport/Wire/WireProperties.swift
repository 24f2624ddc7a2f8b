/// The properties of a message's content header.
package struct WireProperties: Sendable, Hashable {
  /// `content-type`
  package var contentType: String?
  /// `content-encoding`
  package var contentEncoding: String?
  /// `headers`
  package var headers: [String: WireValue]?
  /// `headers` as the bytes of a table without its length, for tables that no codec would write.
  package var rawHeaders: [UInt8]?
  /// `delivery-mode`: 2 is persistent.
  package var deliveryMode: UInt8?
  /// `priority`
  package var priority: UInt8?
  /// `correlation-id`
  package var correlationID: String?
  /// `reply-to`
  package var replyTo: String?
  /// `expiration`
  package var expiration: String?
  /// `message-id`
  package var messageID: String?
  /// `timestamp`
  package var timestamp: UInt64?
  /// `type`
  package var type: String?
  /// `user-id`
  package var userID: String?
  /// `app-id`
  package var appID: String?

  /// No properties beside delivery mode and headers: what dramatiq sends.
  package init(deliveryMode: UInt8? = 2, headers: [String: WireValue]? = nil) {
    self.deliveryMode = deliveryMode
    self.headers = headers
  }

  func write(to writer: inout WireWriter) {
    var flags: UInt16 = 0
    var list = WireWriter()
    func short(_ text: String?, _ bit: UInt16) {
      guard let text else { return }
      flags |= 1 << bit
      list.shortString(text)
    }
    short(contentType, 15)
    short(contentEncoding, 14)
    if let rawHeaders {
      flags |= 1 << 13
      list.longString(rawHeaders)
    } else if let headers {
      flags |= 1 << 13
      list.table(headers)
    }
    if let deliveryMode { flags |= 1 << 12; list.u8(deliveryMode) }
    if let priority { flags |= 1 << 11; list.u8(priority) }
    short(correlationID, 10)
    short(replyTo, 9)
    short(expiration, 8)
    short(messageID, 7)
    if let timestamp { flags |= 1 << 6; list.u64(timestamp) }
    short(type, 5)
    short(userID, 4)
    short(appID, 3)
    writer.u16(flags)
    writer.raw(list.bytes)
  }

  init(from reader: inout WireReader) throws {
    let flags = try reader.u16()
    func has(_ bit: UInt16) -> Bool { flags & (1 << bit) != 0 }
    if has(15) { contentType = try reader.shortString() }
    if has(14) { contentEncoding = try reader.shortString() }
    if has(13) { headers = try reader.table() }
    if has(12) { deliveryMode = try reader.u8() }
    if has(11) { priority = try reader.u8() }
    if has(10) { correlationID = try reader.shortString() }
    if has(9) { replyTo = try reader.shortString() }
    if has(8) { expiration = try reader.shortString() }
    if has(7) { messageID = try reader.shortString() }
    if has(6) { timestamp = try reader.u64() }
    if has(5) { type = try reader.shortString() }
    if has(4) { userID = try reader.shortString() }
    if has(3) { appID = try reader.shortString() }
  }
}
