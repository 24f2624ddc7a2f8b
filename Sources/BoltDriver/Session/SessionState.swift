import Synchronization

/// What a session remembers from one piece of work to the next.
final class SessionState: Sendable {
  private struct State {
    var database: String?
    /// Whether the home database has been asked for; if so nil means that the server knows which it is.
    var isDatabaseSettled: Bool
    /// Whether a bookmark of the session's own has come: the first ones are behind it then.
    var hasCommitted = false
  }

  /// The settings.
  let configuration: SessionConfiguration
  /// The bookmarks of the session itself.
  let bookmarks: BookmarkStore
  private let state: Lock<State>

  /// - Parameter configuration: The settings, the driver's database among them.
  init(_ configuration: SessionConfiguration) {
    self.configuration = configuration
    bookmarks = BookmarkStore(configuration.bookmarks)
    state = Lock(State(database: configuration.database, isDatabaseSettled: configuration.database != nil))
  }

  /// The database, and whether it is known: a session keeps the home database that it began with.
  var database: (name: String?, isSettled: Bool) { state.withLock { ($0.database, $0.isDatabaseSettled) } }

  /// The home database is known.
  func settle(_ database: String?) {
    state.withLock { state in
      guard !state.isDatabaseSettled else { return }
      state.database = database
      state.isDatabaseSettled = true
    }
  }

  /// What the next transaction has to see: the session's own bookmarks, or, with a manager, its and those that the
  /// session was made with.
  func bookmarksToSend() async throws -> [String] {
    guard let manager = configuration.bookmarkManager else { return bookmarks.current }
    var all = try await manager.bookmarks()
    if !state.withLock({ $0.hasCommitted }) { all.formUnion(configuration.bookmarks) }
    return all.sorted()
  }

  /// A transaction that had to see `used` was committed. Returns what is left to be done about it, if anything.
  func committed(_ bookmark: String, after used: [String]) -> (@Sendable () async throws -> Void)? {
    state.withLock { $0.hasCommitted = true }
    guard let manager = configuration.bookmarkManager else { return nil }
    if let known = manager as? DefaultBookmarkManager, known.updatesAtOnce {
      known.replace(Set(used), by: [bookmark])
      return nil
    }
    return { try await manager.updateBookmarks(previous: Set(used), new: [bookmark]) }
  }
}
