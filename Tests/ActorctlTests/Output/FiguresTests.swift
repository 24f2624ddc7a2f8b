import Testing

@testable import actorctl

@Suite("Numbers and times for people")
struct FiguresTests {
  @Test(arguments: [(0, "0"), (999, "999"), (1204, "1,204"), (1_234_567, "1,234,567"), (-1000, "-1,000")])
  func `counts`(value: Int, text: String) { #expect(Figures.count(value) == text) }

  @Test(arguments: [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (16_777_216, "16.0 MB")])
  func `bytes`(value: Int, text: String) { #expect(Figures.bytes(value) == text) }

  @Test(arguments: [
    (Duration.microseconds(2130), "2.1 ms"), (.milliseconds(850), "850 ms"), (.milliseconds(2100), "2.1 s"),
    (.seconds(300), "5m 0s"), (.seconds(11_520), "3h 12m"), (.seconds(187_200), "2d 4h"),
  ])
  func `durations`(value: Duration, text: String) { #expect(Figures.duration(value) == text) }

  @Test(arguments: [
    (Int64(1_000_000), "0s ago"), (986_000, "14s ago"), (820_000, "3m ago"), (-6_200_000, "2h ago"),
    (-431_000_000, "5d ago"), (2_000_000, "in the future"), (Int64.min, "–"),
  ])
  func `ages`(time: Int64, text: String) { #expect(Figures.age(since: time, now: 1_000_000) == text) }

  @Test func `an unknown age`() { #expect(Figures.age(since: nil, now: 0) == "–") }
}
