import Actors
import Testing

@Suite struct ErrorTextTests {
  private enum Failure: Error { case timedOut }

  @Test func `type and description, the type not twice`() {
    #expect(ErrorText(Broken(description: "why")).description == "Broken: why")
    #expect(ErrorText(Broken(description: "Broken: why")).description == "Broken: why")
    #expect(ErrorText(TimeLimitExceeded()).description.hasPrefix("TimeLimitExceeded: the message"))
    #expect(ErrorText(Failure.timedOut).description == "Failure: timedOut")
    #expect(ErrorText(Retry()).description == "Retry")
  }

  @Test(arguments: [
    ("amqp://user:secret@host:5672/vhost", "amqp://user:***@host:5672/vhost"),
    ("amqps://user:se/cr:et@x@host", "amqps://user:***@host"),
    ("see \"amqp://:secret@host\" and 'bolt://a:b@c'", "see \"amqp://:***@host\" and 'bolt://a:***@c'"),
    ("a://u:secret@h;b://v:secret@i", "a://u:***@i"),
    ("amqp://u:p@h amqp://u:p@h", "amqp://u:***@h amqp://u:***@h"),
    ("http://host:80/path", "http://host:80/path"), ("http://user@host/", "http://user@host/"),
    ("mail me@home: now", "mail me@home: now"), ("://", "://"), ("a://:", "a://:"), ("", ""),
    ("caf\u{E9} amqp://u:gehe\u{EF}m@h \u{1F600}", "caf\u{E9} amqp://u:***@h \u{1F600}"),
  ])
  func `passwords in URLs are taken out`(text: String, redacted: String) {
    #expect(ErrorText.redacted(text) == redacted)
  }

  @Test func `a password that the cut would halve is taken out`() {
    for padding in [4_080, 4_090, 8_170, 8_180] {
      let text = String(repeating: "x", count: padding) + " amqp://user:secret-secret-secret@host"
      #expect(!ErrorText.redacted(text).contains("secr"))
    }
  }

  @Test(arguments: ["x", "é", "😀", "👨‍👩‍👧"])
  func `texts are cut between characters of Unicode`(unit: String) {
    for extra in 0..<5 {
      let text = String(repeating: "a", count: extra) + String(repeating: unit, count: 5_000)
      let cut = ErrorText.redacted(text)
      #expect(cut.utf8.count <= ErrorText.limit)
      #expect(cut.utf8.count > ErrorText.limit - 4)
      #expect(text.hasPrefix(cut) || text.unicodeScalars.starts(with: cut.unicodeScalars))
    }
  }
}
