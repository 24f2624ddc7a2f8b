import Actors
import Middleware
import PlaygroundMessages

/// Actors for trying things out: each does one thing that a job may do, good or bad.
///
/// `graph_ping` and `graph_merge` ask the graph that `BOLT_URL` and its companions name.
///
/// When `PLAYGROUND_JOURNAL` names a file, every run appends one line to it, see ``JournalEntry``.
@main
struct Playground: WorkerApplication {
  static func configure(_ system: inout ActorSystem) throws {
    system.middleware = .standard + [CurrentMessage()]
    // Most of these actors need no graph: where none is named, the worker does without.
    if environment("BOLT_URL") != nil { system.middleware.append(GraphDriver(lazy: true)) }
    system.register(Noop.self)
    system.register(Echo.self)
    system.register(Add.self)
    system.register(Sleep.self)
    system.register(Block.self)
    system.register(Spin.self)
    system.register(Fail.self)
    system.register(Crash.self)
    system.register(GraphPing.self)
    system.register(GraphMerge.self)
  }
}
