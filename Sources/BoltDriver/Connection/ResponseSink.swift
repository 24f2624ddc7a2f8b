package import NIOCore

/// Waits for the answers to requests. Called on the connection's event loop, so it must return at once.
package protocol ResponseSink: AnyObject, Sendable {
  /// Takes records that answer a PULL, as they came.
  func receive(_ records: [ByteBuffer])
  /// Takes the end of an answer: the metadata of a success, or why the request failed.
  func complete(_ kind: BoltRequest.Kind, _ outcome: Result<[String: BoltValue], BoltError>)
  /// Nothing more has come for now: time to wake who waits. Apart from the others, so that an answer that came in one
  /// piece wakes its reader once.
  func wake()
  /// Whether so many records wait for a reader that no more should come for now. Who says so asks for the rest by
  /// ``BoltConnection/readOn()``.
  var isFull: Bool { get }
}

extension ResponseSink {
  package var isFull: Bool { false }
}
