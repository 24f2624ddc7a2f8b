public import Actors

/// The queue of every message of the benchmarks.
public let benchmarkQueue = "troupe_bench"

/// The text that makes a message as large as those of the other systems.
public let padding = String(repeating: "x", count: 120)

/// Does nothing; an integer and 120 characters travel with it.
public struct Noop: ActorMessage {
  public static let options = ActorOptions(queue: benchmarkQueue)
  public var index: Int
  public var pad: String

  public init(_ index: Int) {
    self.index = index
    pad = padding
  }
}

/// Fails at its first attempt and succeeds at its second, a millisecond later.
public struct FailOnce: ActorMessage {
  public static let options = ActorOptions(
    queue: benchmarkQueue, maxRetries: 3, minBackoff: .milliseconds(1), maxBackoff: .milliseconds(1))
  public var index: Int
  public var pad: String

  public init(_ index: Int) {
    self.index = index
    pad = padding
  }
}

/// Sleeps, and reports when it has slept.
public struct Sleep: ActorMessage {
  public static let options = ActorOptions(queue: benchmarkQueue)
  public var milliseconds: Int

  public init(milliseconds: Int) { self.milliseconds = milliseconds }
}

/// Reports, and sleeps then: the time of its start can be seen.
public struct Nap: ActorMessage {
  public static let options = ActorOptions(queue: benchmarkQueue)
  public var milliseconds: Int

  public init(milliseconds: Int) { self.milliseconds = milliseconds }
}

/// Reports how long it was under way.
public struct Latency: ActorMessage {
  public static let options = ActorOptions(queue: benchmarkQueue)
  /// Unix nanoseconds right before the call of `send`.
  public var sentAt: Int64

  public init() { sentAt = RealTime.nanoseconds }
}
