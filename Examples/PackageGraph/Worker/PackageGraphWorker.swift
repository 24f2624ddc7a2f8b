package import Actors
import Middleware
package import PackageIndex

/// The worker of the demo: it parses the relations of every stanza and appends what it finds to a journal of its own in
/// the folder `PACKAGE_JOURNALS`.
@main
struct PackageGraphWorker: WorkerApplication {
  static func configure(_ system: inout ActorSystem) throws {
    system.middleware = .standard + [JournalFile()]
    system.register(PackageStanza.self)
  }
}

extension PackageStanza: MessageActor {
  package func perform(in context: MessageContext) async throws {
    let finding = Finding(
      id: context.message.id, redelivered: context.redelivered, package: package, relations: try relations())
    try context[JournalFile.self]?.append(finding)
  }
}
