import Actors
import Middleware
import PackageIndex

/// The worker of the demo: it writes what the messages say into the graph, in one transaction a message, and appends a
/// line to a journal of its own in the folder `PACKAGE_JOURNALS`.
@main
struct PackageGraphWorker: WorkerApplication {
  static func configure(_ system: inout ActorSystem) throws {
    // A transaction that keeps losing makes room for another message after a while, and its message comes again.
    let graph = GraphDriver { $0.maximumRetryTime = .seconds(3) }
    system.middleware = .standard + [graph, JournalFile()]
    system.register(AddNames.self)
    system.register(AddPackages.self)
    system.register(AddRelations.self)
  }
}
