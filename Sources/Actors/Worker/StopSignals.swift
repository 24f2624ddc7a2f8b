import Glibc
import Synchronization

/// Turns signals, and the death of the supervisor, into calls on a thread of its own: it is there when every other
/// thread is blocked.
enum StopSignals {
  /// The write end of the pipe that signal handlers write to.
  private static let pipe = Atomic<Int32>(-1)

  /// Begins to watch. The process ignores SIGPIPE from now on.
  ///
  /// - Parameters:
  ///   - isSupervised: Whether the end of standard input means a stop, and SIGINT and SIGHUP, which a terminal sends to
  ///     every process in it, are left to the supervisor.
  ///   - onFirst: Called for the first SIGTERM, SIGINT, SIGHUP or end of standard input.
  ///   - onSecond: Called for every further signal.
  static func watch(
    isSupervised: Bool, onFirst: @escaping @Sendable (_ cause: String) -> Void,
    onSecond: @escaping @Sendable () -> Void
  ) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else {
      return onFirst("no pipe for signals: \(String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // A full pipe must never hold up a signal handler, that is, whatever code it interrupted.
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    pipe.store(ends[1], ordering: .releasing)
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGHUP] { if isSupervised { signal(number, SIG_IGN) } else { handle(number) } }
    handle(SIGTERM)
    let reader = ends[0]
    NamedThread.start("troupe-signals") { listen(reader, alsoTo: isSupervised ? STDIN_FILENO : -1, onFirst, onSecond) }
  }

  private static func handle(_ number: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { number in
      let saved = errno
      var byte = UInt8(truncatingIfNeeded: number)
      _ = write(StopSignals.pipe.load(ordering: .acquiring), &byte, 1)
      errno = saved
    }
    action.sa_flags = SA_RESTART
    sigaction(number, &action, nil)
  }

  private static func listen(
    _ signals: Int32, alsoTo input: Int32, _ onFirst: (String) -> Void, _ onSecond: () -> Void
  ) {
    var isStopping = false
    func stop(_ cause: String) {
      if !isStopping { onFirst(cause) }
      isStopping = true
    }
    var watched = [
      pollfd(fd: signals, events: Int16(POLLIN), revents: 0), pollfd(fd: input, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      guard poll(&watched, nfds_t(watched.count), -1) > 0 else { continue }
      var bytes = [UInt8](repeating: 0, count: 64)
      if watched[0].revents != 0 {
        let count = read(signals, &bytes, bytes.count)
        for _ in 0..<max(count, 0) {
          if isStopping { onSecond() } else { stop("signal") }
        }
      }
      if watched[1].revents != 0, read(input, &bytes, bytes.count) <= 0 {
        watched[1].fd = -1
        stop("the supervisor has died")
      }
    }
  }
}
