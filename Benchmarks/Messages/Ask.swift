public import Actors

/// Asks the graph one question; an integer and 120 characters travel with it.
public struct Ask: ActorMessage {
  /// On the benchmarks' queue, with the defaults.
  public static let options = ActorOptions(queue: benchmarkQueue)
  /// The number of the message, which the graph sends back.
  public var index: Int
  /// Ballast.
  public var pad: String

  /// Makes the message.
  public init(_ index: Int) {
    self.index = index
    pad = padding
  }
}
