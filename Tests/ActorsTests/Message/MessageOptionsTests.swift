import Actors
import Testing

@Suite struct MessageOptionsTests {
  @Test func orderIsKept() throws {
    var options = MessageOptions()
    #expect(options.isEmpty)
    options.set("retries", to: 1)
    options.set("traceback", to: "line\n…")
    options.set("ratio", to: 2.0)
    options.set("limit", to: Double.infinity)
    options.set("flag", to: true)
    options.set("when", to: Int64.max)
    options.set("raw", to: try JSONText(validating: "[1, 2]"))
    options.set("retries", to: 2)
    options["flag"] = nil
    options["absent"] = nil
    #expect(options.keys == ["retries", "traceback", "ratio", "limit", "when", "raw"])
    #expect(
      options.json.text == #"{"retries":2,"traceback":"line\n\u2026","ratio":2.0,"limit":Infinity,"#
        + #""when":9223372036854775807,"raw":[1, 2]}"#)
    #expect(options.count == 6)
  }

  @Test func valuesByType() throws {
    let message = try Message(
      decoding: Array(
        DecodingRulesTests.body([
          "options": #"{"i":3,"f":3.0,"half":3.5,"big":9223372036854775808,"low":-9223372036854775808,"n":null,"#
            + #""nan":NaN,"inf":-Infinity,"s":"\u00e9","t":true,"no":false,"z":0,"bad":"\ud800","e":""}"#
        ]).utf8))
    let options = message.options
    #expect(options.integer("i") == 3 && options.integer("f") == 3 && options.integer("low") == .min)
    for key in ["half", "big", "n", "nan", "inf", "s", "t", "absent"] { #expect(options.integer(key) == nil, "\(key)") }
    #expect(options.double("half") == 3.5 && options.double("inf") == -.infinity)
    #expect(options.double("nan")?.isNaN == true && options.double("big") == 9_223_372_036_854_775_808)
    #expect(options.double("s") == nil && options.double("t") == nil)
    #expect(options.string("s") == "é" && options.string("bad") == nil && options.string("i") == nil)
    #expect(options.bool("t") == true && options.bool("no") == false && options.bool("z") == nil)
    #expect(options.isNull("n") && !options.isNull("absent") && !options.isNull("no"))
    #expect(options.contains("n") && !options.contains("absent"))
    for key in ["i", "nan", "t", "s", "bad"] { #expect(options.isTruthy(key), "\(key)") }
    for key in ["n", "no", "z", "e", "absent"] { #expect(!options.isTruthy(key), "\(key)") }
  }
}
