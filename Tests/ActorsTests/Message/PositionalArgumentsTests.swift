import Actors
import Testing

@Suite struct PositionalArgumentsTests {
  private func call<each A: Decodable & Sendable>(
    _ args: String, _ kwargs: String = "{}", as types: repeat (each A).Type
  ) throws -> (repeat each A) {
    var arguments = PositionalArguments(try ArgumentDecodingTests.message(args, kwargs))
    let values = (repeat try arguments.next((each A).self))
    try arguments.finish()
    return values
  }

  private func fault(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return (error as? InvalidArguments)?.message }
  }

  @Test func argumentsComeInTheirOrder() throws {
    let (name, count, ratio, flags, last) = try call(
      #"["a",1,2.5,[true],null]"#, as: String.self, Int.self, Double.self, [Bool].self, Int?.self)
    #expect(name == "a" && count == 1 && ratio == 2.5 && flags == [true] && last == nil)
    _ = try call("[]")
    _ = try call(" [ ] ", " { } ")
  }

  @Test func optionalsAtTheEndMayBeLeftOut() throws {
    let (name, count, value) = try call(#"["a"]"#, as: String.self, Int?.self, JSONValue?.self)
    #expect(name == "a" && count == nil && value == nil)
  }

  @Test func faultsNameThePosition() {
    #expect(fault { _ = try call("[1]", as: Int.self, String.self) } == "argument 2 is missing: expected String")
    #expect(fault { _ = try call("[1,2,3]", as: Int.self) } == "3 positional arguments; expected at most 1")
    #expect(fault { _ = try call("[1,2]") } == "2 positional arguments; expected at most 0")
    #expect(fault { _ = try call(#"[1,"x"]"#, as: Int.self, Int.self) } == #"argument 2: expected Int, got "x""#)
    #expect(fault { _ = try call(#"[[1,{"a":"x"}]]"#, as: [JSONValue].self, Int?.self) } == nil)
    #expect(
      fault { _ = try call(#"[{"a":[1,"x"]}]"#, as: [String: [Int]].self) }
        == #"argument 1.a[1]: expected Int, got "x""#)
    #expect(
      fault { _ = try call("[1]", #"{"x":1}"#, as: Int.self) }
        == #"this actor takes positional arguments only, got keyword arguments {"x":1}"#)
  }
}
