import Synchronization

/// Keeps bookmarks in memory; a supplier can add those of other programs, a consumer can pass them on.
public final class DefaultBookmarkManager: BookmarkManager {
  /// Tells bookmarks from elsewhere that transactions must see too; they are not kept.
  public typealias Supplier = @Sendable () async throws -> Set<String>
  /// Hears of all bookmarks that are kept, each time they change.
  public typealias Consumer = @Sendable (Set<String>) async throws -> Void

  private let supplier: Supplier?
  private let consumer: Consumer?
  private let kept: Lock<Set<String>>

  /// A manager of its own.
  ///
  /// - Parameters:
  ///   - initial: The bookmarks to begin with.
  ///   - supplier: Tells bookmarks from elsewhere, each time some are needed.
  ///   - consumer: Hears of the bookmarks each time they change.
  public init(initial: Set<String> = [], supplier: Supplier? = nil, consumer: Consumer? = nil) {
    self.supplier = supplier
    self.consumer = consumer
    kept = Lock(initial)
  }

  /// The bookmarks that are kept, and those that the supplier tells.
  public func bookmarks() async throws -> Set<String> {
    let supplied = try await supplier?() ?? []
    return kept.withLock { $0 }.union(supplied)
  }

  /// Keeps the new bookmarks in place of the previous ones, and tells the consumer.
  public func updateBookmarks(previous: Set<String>, new: Set<String>) async throws {
    guard !new.isEmpty else { return }
    let all = replace(previous, by: new)
    try await consumer?(all)
  }

  /// Whether an update is done at once, since nobody hears of it.
  package var updatesAtOnce: Bool { consumer == nil }

  /// The new bookmarks stand for the previous ones.
  ///
  /// - Returns: All that are kept now.
  @discardableResult
  package func replace(_ previous: Set<String>, by new: Set<String>) -> Set<String> {
    kept.withLock { kept in
      kept.subtract(previous)
      kept.formUnion(new)
      return kept
    }
  }
}
