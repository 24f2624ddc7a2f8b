import Testing

@testable import Actors

@Suite("Broker URLs")
struct AMQPURLTests {
  @Test("All parts")
  func allParts() throws {
    let url = try AMQPURL("amqps://ada:p%40ss%3Aw%2Frd@mq.example.com:5673/a%2Fb?heartbeat=7&x=1")
    #expect(url.usesTLS)
    #expect((url.host, url.port, url.user, url.virtualHost) == ("mq.example.com", 5673, "ada", "a/b"))
    #expect(url.password.reveal { $0 } == "p@ss:w/rd")
    #expect(url.heartbeat == .seconds(7))
  }

  @Test("Defaults", arguments: ["amqp://", "amqp://localhost", "amqp://localhost/", "amqp://localhost:5672/%2F"])
  func defaults(text: String) throws {
    let url = try AMQPURL(text)
    #expect((url.host, url.port, url.user, url.virtualHost) == ("localhost", 5672, "guest", "/"))
    #expect(try AMQPURL("amqps://h").port == 5671)
  }

  @Test("IPv6 addresses")
  func ipv6() throws {
    let url = try AMQPURL("amqp://u:p@[::1]:5679/v")
    #expect((url.host, url.port) == ("::1", 5679))
    #expect(url.description == "amqp://u:***@[::1]:5679/v")
  }

  @Test("A password is never shown, neither by the URL nor by an error about it")
  func secrecy() throws {
    let url = try AMQPURL("amqp://ada:s3cr3t@h:1/v")
    for text in ["\(url)", String(reflecting: url.password), "\(url.password)", String(describing: url)] {
      #expect(!text.contains("s3cr3t"))
    }
    var dumped = ""
    dump(url, to: &dumped)
    #expect(!dumped.contains("s3cr3t"))
    for text in [
      "amqp://ada:s3cr3t@h:99999/v", "amqp://ada:s3cr3t%ZZ@h", "amqp://ada:s3cr3t@\u{301}h:0", "s3cr3t",
      "http://ada:s3cr3t@h",
    ] {
      let error = #expect(throws: ActorSystemError.self) { try AMQPURL(text) }
      #expect(error.map { !"\($0)".contains("s3cr3t") } == true)
    }
  }

  @Test(
    "What cannot be read is refused",
    arguments: [
      "", "localhost", "http://h", "amqp://h:0", "amqp://h:65536", "amqp://h:x", "amqp://h/%G0", "amqp://h/a%00b",
      "amqp://u%:p@h", "amqp://[::1", "amqp://h?heartbeat=-1", "amqp://h?heartbeat=x",
      "amqp://h?heartbeat=+5", "amqp://h:+5", "amqp://h:\u{301}5", "amqp://u%+1:p@h", "amqp://a:b:5", "amqp://a]:b:5",
      "amqp://::1", "amqp://[[0]", "amqp://[0[]", "amqp://a]", "amqp://a#b", "amqp://h?heartbeat=5\u{301}",
    ])
  func refusals(text: String) { #expect(throws: ActorSystemError.self) { try AMQPURL(text) } }

  @Test("A sign with an accent behind it is still that sign")
  func accents() throws {
    let url = try AMQPURL("amqp://ada:s3cr3t@\u{301}h/\u{301}v?\u{301}x&heartbeat=7")
    #expect((url.host, url.user, url.virtualHost) == ("\u{301}h", "ada", "\u{301}v"))
    #expect(url.password == Secret("s3cr3t") && url.heartbeat == .seconds(7))
  }

  @Test("Several URLs")
  func lists() throws {
    #expect(try AMQPURL.list("amqp://a;amqp://b, amqps://c\n").map(\.host) == ["a", "b", "c"])
    #expect(throws: ActorSystemError.self) { try AMQPURL.list(" ; ") }
  }
}
