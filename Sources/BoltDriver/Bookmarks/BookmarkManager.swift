/// Keeps the bookmarks of several sessions together, so that each sees what the others committed.
///
/// Give the same one to the sessions that belong together. ``Driver/executeQueryBookmarkManager`` is the one that
/// ``Driver/executeQuery(_:_:)`` uses. ``DefaultBookmarkManager`` serves the usual cases.
public protocol BookmarkManager: Sendable {
  /// The bookmarks of all that the next transaction must see.
  ///
  /// - Throws: Anything; the call that begins the transaction fails with it.
  func bookmarks() async throws -> Set<String>

  /// A transaction was committed.
  ///
  /// - Parameters:
  ///   - previous: The bookmarks that the transaction began with: the new ones stand for them.
  ///   - new: The bookmarks of the commit.
  /// - Throws: Anything; the call that committed fails with it, although the commit took effect.
  func updateBookmarks(previous: Set<String>, new: Set<String>) async throws
}
