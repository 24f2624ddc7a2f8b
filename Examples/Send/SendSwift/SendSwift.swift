import Actors
import PlaygroundMessages

/// Sends a few messages to the playground and prints their ids. The broker is the one at `AMQP_URL`.
@main
struct SendSwift {
  static func main() async throws {
    let add = try await Add(a: 1, b: 2).send()
    let echo = try await Echo(value: "héllo").send()
    let later = try await Add(a: 3, b: 4).send(delay: .seconds(1))
    let many = try await Echo.send(contentsOf: (1...3).map { Echo(value: .integer($0)) })
    for message in [add, echo, later] + many { print(message.id, message.actorName) }
    try await MessageSender.current().close()
  }
}
