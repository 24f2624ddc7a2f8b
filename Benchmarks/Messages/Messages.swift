public import Actors

/// The queue of every message of the benchmarks.
public let benchmarkQueue = "troupe_bench"

/// The text that makes a message as large as those of the other systems.
public let padding = String(repeating: "x", count: 120)

/// Does nothing; an integer and 120 characters travel with it.
public struct Noop: ActorMessage {
  /// On the benchmarks' queue, with the defaults.
  public static let options = ActorOptions(queue: benchmarkQueue)
  /// The number of the message.
  public var index: Int
  /// Ballast.
  public var pad: String

  /// Makes the message.
  public init(_ index: Int) {
    self.index = index
    pad = padding
  }
}

/// Fails at its first attempt and succeeds at its second, a millisecond later.
public struct FailOnce: ActorMessage {
  /// On the benchmarks' queue, retried after a millisecond.
  public static let options = ActorOptions(
    queue: benchmarkQueue, maxRetries: 3, minBackoff: .milliseconds(1), maxBackoff: .milliseconds(1))
  /// The number of the message.
  public var index: Int
  /// Ballast.
  public var pad: String

  /// Makes the message.
  public init(_ index: Int) {
    self.index = index
    pad = padding
  }
}

/// Sleeps, and reports when it has slept.
public struct Sleep: ActorMessage {
  /// On the benchmarks' queue, with the defaults.
  public static let options = ActorOptions(queue: benchmarkQueue)
  /// How long.
  public var milliseconds: Int

  /// Makes the message.
  public init(milliseconds: Int) { self.milliseconds = milliseconds }
}

/// Reports, and sleeps then: the time of its start can be seen.
public struct Nap: ActorMessage {
  /// On the benchmarks' queue, with the defaults.
  public static let options = ActorOptions(queue: benchmarkQueue)
  /// How long.
  public var milliseconds: Int

  /// Makes the message.
  public init(milliseconds: Int) { self.milliseconds = milliseconds }
}

/// Reports how long it was under way.
public struct Latency: ActorMessage {
  /// On the benchmarks' queue, with the defaults.
  public static let options = ActorOptions(queue: benchmarkQueue)
  /// Unix nanoseconds right before the call of `send`.
  public var sentAt: Int64

  /// Makes the message.
  public init() { sentAt = RealTime.nanoseconds }
}
