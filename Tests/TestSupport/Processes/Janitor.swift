package import Glibc
import Synchronization

/// The type of a stream that no child inherits by accident; socketpair can make one in one step, pipe cannot.
let privateStream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

/// Cleans up after the test process, also when it is killed: a shell that waits for the end of a pipe whose other end
/// only this process holds.
package final class Janitor: Sendable {
  /// The one of this process.
  package static let shared = Janitor()

  private let pipe: Int32
  private let pid: pid_t

  /// Reads orders until the pipe ends, then carries them out: end sessions first, stop servers, remove folders last.
  private static let script = """
    trap '' INT TERM HUP
    declare -A sessions nodes graphs folders
    while IFS=$'\\t' read -r order what more; do
      case $order in
        +session) sessions[$what]=1;; -session) unset "sessions[$what]";;
        +node) nodes[$what]=$more;; -node) unset "nodes[$what]";;
        +graph) graphs[$what]=$more;; -graph) unset "graphs[$what]";;
        +folder) folders[$what]=1;;
      esac
    done
    for session in "${!sessions[@]}"; do
      for stat in /proc/[0-9]*/stat; do
        line=$(cat "$stat" 2>/dev/null) || continue
        set -- ${line##*) }
        [ "$4" = "$session" ] && kill -9 "$(basename "$(dirname "$stat")")" 2>/dev/null
      done
    done
    for folder in "${!nodes[@]}"; do
      "${nodes[$folder]}" kill --dir "$folder" --all; "${nodes[$folder]}" stop --dir "$folder" --all --purge
    done
    for folder in "${!graphs[@]}"; do
      "${graphs[$folder]}" kill --dir "$folder"; "${graphs[$folder]}" stop --dir "$folder" --purge
    done
    for folder in "${!folders[@]}"; do rm -rf -- "$folder"; done
    """

  private init() {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, privateStream, 0, &ends) == 0 else {
      preconditionFailure("no pipe for the janitor: \(errno)")
    }
    pipe = ends[1]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setflags(&attributes, ownSession)
    let words: [String] = ["bash", "-c", Self.script]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var pid: pid_t = 0
    let code = posix_spawn(&pid, "/bin/bash", &actions, &attributes, &arguments, environ)
    arguments.forEach { free($0) }
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
    close(ends[0])
    guard code == 0 else { preconditionFailure("the janitor did not start: \(code)") }
    self.pid = pid
    atexit { Janitor.shared.finish() }
  }

  /// At an orderly end the run waits for the cleaning, so that nothing is left when it returns.
  private func finish() {
    close(pipe)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
  }

  private func tell(_ words: String...) {
    let line = Array((words.joined(separator: "\t") + "\n").utf8)
    _ = line.withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) }
  }

  /// Ends every process of this session when the test process ends.
  package func adopt(session: pid_t) { tell("+session", "\(session)") }
  /// The session has ended by itself.
  package func release(session: pid_t) { tell("-session", "\(session)") }
  /// Stops every RabbitMQ node of this family folder when the test process ends.
  package func adopt(nodesIn folder: String) { tell("+node", folder, ProjectLayout.rabbitmqScript) }
  /// The nodes have been stopped.
  package func release(nodesIn folder: String) { tell("-node", folder) }
  /// Stops the graph server of this folder when the test process ends.
  package func adopt(graphIn folder: String) { tell("+graph", folder, ProjectLayout.graphScript) }
  /// The server has been stopped.
  package func release(graphIn folder: String) { tell("-graph", folder) }
  /// Removes this folder when the test process ends.
  package func remove(_ folder: String) { tell("+folder", folder) }
}
