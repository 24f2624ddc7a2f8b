package import Actors

extension ActorOptions {
  /// How the messages of the demo are treated. Conflicts are over soon, so a message that lost one is tried again soon;
  /// a stanza that breaks the grammar stays broken.
  package static let packages = ActorOptions(
    queue: "packages", minBackoff: .milliseconds(250), maxBackoff: .seconds(5), throws: [MalformedRelation.self],
    timeLimit: .seconds(60))
}
