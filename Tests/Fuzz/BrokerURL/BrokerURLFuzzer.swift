import Actors
import FuzzSupport

/// The URL of a broker. What is read prints and is read as the same again, and never shows its password.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzBrokerURL(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let text = input.takeText()
  _ = try? AMQPURL.list(text)
  do {
    test(try AMQPURL(text))
  } catch let error as ActorSystemError {
    require(error.code == .invalidConfiguration, "a bad URL is a matter of configuration, not \(error.code)")
  } catch {
    report("only ActorSystemError is thrown, not \(error)")
  }
  return 0
}

@_cdecl("BrokerURLFuzzer_main")
func runBrokerURLFuzzer(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  FuzzerDriver.run(count, arguments, fuzzBrokerURL)
}

private func test(_ url: AMQPURL) {
  require((1...65_535).contains(url.port), "a port is 1 to 65535")
  let isPlain = url.host.utf8.allSatisfy { byte in
    byte > 0x20 && byte != 0x7F && !"/?#@\\".utf8.contains(byte)
  }
  require(!url.host.isEmpty && isPlain, "a host holds nothing that no host has: \(url.host.debugDescription)")
  require(url.virtualHost.utf8.count <= 255 && !url.virtualHost.isEmpty, "a virtual host has 1 to 255 bytes")

  guard let again = try? AMQPURL(written(url)) else {
    report("what was written is read: \(written(url).debugDescription)")
  }
  require(
    again.host.isSame(as: url.host) && again.port == url.port && again.usesTLS == url.usesTLS
      && again.user.isSame(as: url.user) && again.virtualHost.isSame(as: url.virtualHost)
      && again.heartbeat == url.heartbeat && again.password.reveal { $0 }.isSame(as: url.password.reveal { $0 }),
    "what was written and read is the same")

  var other = url
  other.password = Secret("another")
  require(other.description.isSame(as: url.description), "the description does not depend on the password")
  require("\(url.password)" == "***", "a password is not printed")
}

private func written(_ url: AMQPURL) -> String {
  let host = url.host.utf8.contains(UInt8(ascii: ":")) ? "[\(url.host)]" : url.host
  let password = url.password.reveal { $0 }.percentEncoded
  let heartbeat = url.heartbeat.map { "?heartbeat=\($0.components.seconds)" } ?? ""
  return "\(url.usesTLS ? "amqps" : "amqp")://\(url.user.percentEncoded):\(password)@\(host):\(url.port)"
    + "/\(url.virtualHost.percentEncoded)\(heartbeat)"
}
