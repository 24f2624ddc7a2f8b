import Actors
import FuzzSupport

/// Bodies of messages, from anyone who may publish. A body is refused with an error, or is a message that comes out as it went
/// in, and whose every part can be read.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzEnvelope(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let body = input.takeAll()
  let scanned = ActorNameScanner.actorName(in: body)
  let message: Message
  do throws(MessageDecodingError) {
    message = try Message(decoding: body)
  } catch {
    require((0...body.count).contains(error.offset), "an error is within its body")
    require(error.description.utf8.count < 2_000, "an error is of bounded length")
    return 0
  }
  require(String(validating: body, as: UTF8.self) != nil, "a message is UTF-8")
  if let scanned { require(scanned.isSame(as: message.actorName), "the quick look finds the name of the actor") }
  testCoding(message)
  testParts(message)
  return 0
}

@_cdecl("EnvelopeFuzzer_main")
func runEnvelopeFuzzer(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  FuzzerDriver.run(count, arguments, fuzzEnvelope)
}

private func testCoding(_ message: Message) {
  let encoded = message.encoded()
  guard let again = try? Message(decoding: encoded) else { report("what was decoded and encoded is decoded again") }
  require(again == message, "what was decoded and encoded is the same message")
  require(again.encoded() == encoded, "encoding it again gives the same bytes")
}

private func testParts(_ message: Message) {
  for text in [message.arguments, message.keywordArguments] { testValue(text) }
  for key in message.options.keys {
    guard let value = message.options[key] else { report("an option that is listed is there") }
    testValue(value)
    _ = (message.options.integer(key), message.options.double(key), message.options.string(key))
    _ = (message.options.bool(key), message.options.isTruthy(key), message.options.isNull(key))
    if let nested = try? Message(decoding: value) { testCoding(nested) }
  }
  _ = try? message.arguments.decode([[String: Int]].self)
  _ = try? message.keywordArguments.decode([String: String?].self)
  _ = try? message.decodeArguments(as: Arguments.self)
}

private struct Arguments: Codable {
  var name: String
  var numbers: [Double]?
  var count: UInt8?
}

private func testValue(_ text: JSONText) {
  require((try? JSONText(validating: Array(text.bytes))) == text, "a part of a message is valid JSON")
  let value = JSONValue(text)
  guard let written = try? JSONText(encoding: value) else {
    // What is nested to the receiver's limit cannot be sent inside of another message.
    let opened = text.bytes.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
    return require(opened > 120, "a value that was read can be written")
  }
  require(JSONValue(written) == value, "a value that was read and written is the same")
}
