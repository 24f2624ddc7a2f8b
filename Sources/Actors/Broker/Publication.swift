/// One message to publish: always persistent, mandatory and confirmed.
public struct Publication: Sendable {
  /// Where it goes.
  public enum Route: Sendable, Hashable {
    /// To a queue, at once.
    case queue(String)
    /// To a queue after a delay, through the broker's delay ladder: no worker holds it meanwhile.
    case delayed(queue: String, by: Duration)
    /// To a queue's dead-letter queue (`.XQ`).
    case deadLetter(queue: String)

    /// The canonical name of the queue that the route names.
    public var queue: String {
      switch self {
      case .queue(let name), .delayed(let name, _), .deadLetter(let name): name
      }
    }
  }

  /// Where it goes.
  public var route: Route
  /// The body.
  public var body: MessageBody
  /// The properties.
  public var properties: MessageProperties

  /// Makes a publication.
  public init(route: Route, body: MessageBody, properties: MessageProperties = MessageProperties()) {
    self.route = route
    self.body = body
    self.properties = properties
  }
}

/// What is known of a publish when the wait for it ends.
public enum PublishOutcome: Sendable, Hashable, CustomStringConvertible {
  /// The broker has taken responsibility for the message.
  case confirmed
  /// No queue would take it, also after the queue was declared again; the text is the broker's.
  case returned(String)
  /// The broker refused it (a full queue with `reject-publish`, a lost leader), also on a fresh channel.
  case nacked
  /// No answer came: the connection died or the deadline passed. The message may or may not be in the queue.
  case unknown(String)

  /// Whether the message is safe with the broker.
  public var isConfirmed: Bool { self == .confirmed }

  /// The outcome, and the reason where there is one.
  public var description: String {
    switch self {
    case .confirmed: "confirmed"
    case .returned(let text): "returned: \(text)"
    case .nacked: "nacked"
    case .unknown(let why): "unknown: \(why)"
    }
  }
}
