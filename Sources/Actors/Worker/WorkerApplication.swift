import ArgumentParser
public import Logging

/// A program that runs actors. Conforming and `@main` are the whole program:
///
/// ```swift
/// @main
/// struct Catalogue: WorkerApplication {
///   static func configure(_ system: inout ActorSystem) throws {
///     system.middleware = .standard
///     system.register(IndexPackage.self)
///   }
/// }
/// ```
///
/// It understands `worker` (the default) with the flags of ``WorkerOptions``, and `describe [--json]`. `actorctl
/// worker` runs several copies of it.
public protocol WorkerApplication {
  /// Says what the program's actors, middleware and broker are. Called once; it opens nothing.
  ///
  /// - Throws: An error ends the program with exit code 78: starting it again would not help.
  static func configure(_ system: inout ActorSystem) throws

  /// Sets the process's log handler, before ``configure(_:)``. By default ``ConsoleLogHandler`` on standard error; a
  /// program that wants another one implements this, and does not bootstrap the logging system anywhere else.
  ///
  /// - Parameter level: What `--log-level` asks for.
  static func bootstrapLogging(level: Logger.Level)
}

extension WorkerApplication {
  /// ``ConsoleLogHandler`` on standard error.
  public static func bootstrapLogging(level: Logger.Level) {
    LoggingSystem.bootstrap(
      { label, provider in ConsoleLogHandler(label: label, level: level, metadataProvider: provider) },
      metadataProvider: .currentMessage)
  }

  /// Runs the command line of the process; ends the process when that ends.
  @concurrent
  public static func main() async {
    do {
      var command = try ApplicationCommand<Self>.parseAsRoot()
      if var command = command as? any ApplicationSubcommand {
        await command.perform()
      } else {
        try command.run()
      }
    } catch {
      ApplicationCommand<Self>.exit(withError: error)
    }
  }
}
