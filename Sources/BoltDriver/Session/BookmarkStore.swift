import Synchronization

/// The bookmarks of work that later work must see. Concurrent transactions each add their own.
final class BookmarkStore: Sendable {
  private let bookmarks: Lock<[String]>

  init(_ bookmarks: [String] = []) { self.bookmarks = Lock(bookmarks) }

  /// The bookmarks of all that has been committed.
  var current: [String] { bookmarks.withLock { $0 } }

  /// Starts over with these.
  func set(_ new: [String]) { bookmarks.withLock { $0 = new } }

  /// A transaction that had to see `used` was committed: its bookmark stands for all of those.
  func replace(_ used: [String], by bookmark: String) {
    bookmarks.withLock { bookmarks in
      bookmarks.removeAll { used.contains($0) || $0 == bookmark }
      bookmarks.append(bookmark)
    }
  }

  /// Takes the bookmark of a commit's metadata, when there is one.
  func replace(_ used: [String], from metadata: [String: BoltValue]) {
    if case .string(let bookmark)? = metadata["bookmark"], !bookmark.isEmpty { replace(used, by: bookmark) }
  }
}
