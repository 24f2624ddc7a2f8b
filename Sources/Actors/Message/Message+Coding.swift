extension Message {
  /// Decodes the body of a message, strictly and in one pass.
  ///
  /// RFC 8259 and the bare tokens `NaN`, `Infinity`, `-Infinity`; UTF-8 without a byte order mark. An unknown field, a
  /// key that comes twice (in the envelope, the options or the keyword arguments) and text after the end are refused. A
  /// missing `message_id` or `message_timestamp` is filled in.
  ///
  /// - Parameters:
  ///   - body: The body as it was delivered; the message keeps slices of it.
  ///   - limits: How large and how deep it may be.
  /// - Throws: ``MessageDecodingError``.
  public init(decoding body: [UInt8], limits: DecodingLimits = DecodingLimits()) throws(MessageDecodingError) {
    self = try MessageDecoder.decode(body[...], limits: limits)
  }

  /// Decodes a message that is nested in another one, such as the target of a pipeline.
  ///
  /// - Parameters:
  ///   - text: The nested message.
  ///   - limits: How large and how deep it may be.
  /// - Throws: ``MessageDecodingError``.
  public init(decoding text: JSONText, limits: DecodingLimits = DecodingLimits()) throws(MessageDecodingError) {
    self = try MessageDecoder.decode(text.bytes, limits: limits)
  }

  /// The body of the message, byte for byte as dramatiq 2 would write it.
  public func encoded() -> [UInt8] {
    // 122 bytes are the field names and the punctuation around them, 20 the longest number.
    let size = queueName.utf8.count + actorName.utf8.count + id.utf8.count + arguments.bytes.count
    var writer = JSONWriter(capacity: size + keywordArguments.bytes.count + options.estimatedSize + 144)
    writer.raw(#"{"queue_name":"#)
    writer.string(queueName)
    writer.raw(#","actor_name":"#)
    writer.string(actorName)
    writer.raw(#","args":"#)
    writer.raw(arguments)
    writer.raw(#","kwargs":"#)
    writer.raw(keywordArguments)
    writer.raw(#","options":"#)
    options.write(to: &writer)
    writer.raw(#","message_id":"#)
    writer.string(id)
    writer.raw(#","message_timestamp":"#)
    writer.integer(timestamp)
    writer.raw(UInt8(ascii: "}"))
    return writer.bytes
  }

  /// The message as a JSON value, to be nested in the options of another.
  public var json: JSONText { JSONText(unchecked: encoded()[...]) }
}
