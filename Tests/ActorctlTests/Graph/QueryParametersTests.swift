import BoltDriver
import Testing

@testable import actorctl

@Suite("Parameters and values of graph query")
struct QueryParametersTests {
  @Test func `JSON becomes the values of the protocol`() throws {
    let values = try QueryParameters.parse([
      "i=7", "n=-9223372036854775808", "f=1.0", "e=1e3", "t=\"a=b\"", "l=[1,null,true]", "m={\"k\":{\"x\":2}}",
    ])
    #expect(values["i"] == .int(7) && values["n"] == .int(.min))
    #expect(values["f"] == .float(1) && values["e"] == .float(1000))
    #expect(values["t"] == "a=b")
    #expect(values["l"] == [1, nil, true])
    #expect(values["m"] == ["k": ["x": 2]])
  }

  @Test(arguments: [["x"], ["=1"], ["x=y"], ["x="], ["x=9223372036854775808"], ["x=1e999"], ["x=1", "x=2"]])
  func `what cannot be is refused as data`(pairs: [String]) {
    let error = #expect(throws: CommandFailure.self) { try QueryParameters.parse(pairs) }
    #expect(error?.code == .data)
  }

  @Test func `values are shown as people write them`() throws {
    #expect(BoltValue.string("a \"b\"").cell == "a \"b\"")
    #expect(BoltValue.null.cell == "–")
    #expect(BoltValue.int(1_204).cell == "1204")
    #expect(BoltValue.float(.infinity).cell == "inf")
    #expect(BoltValue.bytes([1, 2, 3]).cell == "AQID")
    // JSON has no word for these, wherever they stand.
    #expect(BoltValue.point(BoltPoint(x: .nan, y: -.infinity)).cell == #"{"srid":7203,"x":"nan","y":"-inf"}"#)
    #expect(BoltValue.vector(.float32([1.5, .nan])).cell == #"[1.5,"nan"]"#)
    #expect(BoltValue.vector(.int64([.max])).cell == "[9223372036854775807]")
    let node = BoltNode(elementID: "4:x", labels: ["B", "A"], properties: ["z": 1, "a": [1.5, "t"]])
    #expect(
      BoltValue.node(node).cell
        == #"{"elementId":"4:x","labels":["B","A"],"properties":{"a":[1.5,"t"],"z":1}}"#)
  }

  @Test func `a result has its columns, its records and what changed`() throws {
    var counters = QueryCounters()
    counters.nodesCreated = 2
    let report = QueryReport(columns: ["a", "b"], records: [[1, "x"], [2, nil]], hasMore: false, counters: counters)
    #expect(report.table.rendered() == "a  b\n1  x\n2  –\n")
    #expect(report.note == "2 records, nodesCreated 2")
    #expect(
      try report.line()
        == #"{"changes":{"nodesCreated":2},"columns":["a","b"],"hasMore":false,"records":[[1,"x"],[2,null]],"#
        + #""schema":"actorctl.graph.query/1"}"#)
  }
}
