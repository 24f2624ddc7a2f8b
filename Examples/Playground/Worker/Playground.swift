import Actors
import Middleware
import PlaygroundMessages

/// Actors for trying things out: each does one thing that a job may do, good or bad.
///
/// When `PLAYGROUND_JOURNAL` names a file, every run appends one line to it, see ``JournalEntry``.
@main
struct Playground: WorkerApplication {
  static func configure(_ system: inout ActorSystem) throws {
    system.middleware = .standard + [CurrentMessage()]
    system.register(Noop.self)
    system.register(Echo.self)
    system.register(Add.self)
    system.register(Sleep.self)
    system.register(Block.self)
    system.register(Spin.self)
    system.register(Fail.self)
    system.register(Crash.self)
  }
}
