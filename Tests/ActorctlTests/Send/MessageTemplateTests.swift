import Actors
import Testing

@testable import actorctl

@Suite("Making messages from what a person gives")
struct MessageTemplateTests {
  private let template = MessageTemplate(actor: "greet", queue: "default", options: MessageOptions())

  private func message(_ line: String, _ template: MessageTemplate? = nil) throws -> Message {
    try (template ?? self.template).message(line: Array(line.utf8))
  }

  private func fault(_ line: String) -> String? {
    do { _ = try message(line) } catch let error as CommandFailure where error.code == .data {
      return error.message
    } catch {
      Issue.record("\(error)")
    }
    return nil
  }

  @Test func `arguments of the flags keep their spelling`() throws {
    let message = try template.message(
      arguments: ["1.0", "\"Ada\"", "null"], keywordArguments: ["n=18446744073709551616", "text=\"a=b\""])
    #expect(message.arguments.text == #"[1.0,"Ada",null]"#)
    #expect(message.keywordArguments.text == #"{"n":18446744073709551616,"text":"a=b"}"#)
    #expect(message.actorName == "greet")
    #expect(message.queueName == "default")
  }

  @Test func `mistakes in the flags say what to write`() {
    func fault(_ arguments: [String], _ keywords: [String] = []) -> CommandFailure? {
      do throws(CommandFailure) { _ = try template.message(arguments: arguments, keywordArguments: keywords) } catch {
        return error
      }
      return nil
    }
    #expect(fault(["Ada"])?.code == .data)
    #expect(fault(["Ada"])?.message.contains("--arg 1") == true)
    #expect(fault([], ["name"])?.code == .usage)
    #expect(fault([], ["=1"])?.code == .usage)
    #expect(fault([], ["a=1", "a=2"])?.code == .data)
  }

  @Test func `a line with arguments becomes a message of the given actor`() throws {
    let message = try message(#"{"args":[1,2],"kwargs":{"y":true}}"#)
    #expect(message.actorName == "greet")
    #expect(message.arguments.text == "[1,2]")
    #expect(message.keywordArguments.text == #"{"y":true}"#)
    #expect(message.id.count == 36)
  }

  @Test func `a whole message goes out byte for byte`() throws {
    let body =
      #"{"queue_name":"cap","actor_name":"add","args":[1,2],"kwargs":{},"options":{"max_retries":3,"#
      + #""broker_priority":5,"anything":{"a":1}},"message_id":"a63cfbfb-c4d1-4bfe-864f-af4466d00d35","#
      + #""message_timestamp":1795373184685}"#
    #expect(String(decoding: try message(body).encoded(), as: UTF8.self) == body)
  }

  @Test func `options of the command line fill in, those of the line go first`() throws {
    let options = try MessageTemplate.options(["max_retries=1", "time_limit=500"])
    let template = MessageTemplate(actor: "greet", queue: "default", options: options)
    let message = try message(#"{"options":{"max_retries":7}}"#, template)
    #expect(message.options.json.text == #"{"max_retries":7,"time_limit":500}"#)
  }

  @Test(arguments: [
    "", "nonsense", "[1]", "{\"args\":{}}", "{\"kwargs\":[]}", "{\"arg\":[1]}", "{\"args\":[1],\"args\":[2]}",
    "{\"actor_name\":5}", "{\"queue_name\":\"no such/queue\"}", "{\"message_id\":\"\"}", "{\"options\":null}",
    "{\"message_timestamp\":\"now\"}", "{\"kwargs\":{\"a\":1,\"a\":2}}", "{\"args\":[1]} trailing",
  ])
  func `bad lines are refused`(line: String) { #expect(fault(line) != nil) }

  @Test func `a line without an actor needs one from the command line`() {
    let template = MessageTemplate(actor: nil, queue: "default", options: MessageOptions())
    #expect(throws: CommandFailure.self) { try message(#"{"args":[]}"#, template) }
  }
}
