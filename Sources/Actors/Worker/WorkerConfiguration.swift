/// How a worker runs. A value; making one opens nothing.
public struct WorkerConfiguration: Sendable {
  /// How many messages may run at once.
  public var concurrency: Int
  /// How many threads run actors; nil for the larger of 8 and the number of cores.
  public var threads: Int?
  /// The canonical names of the queues to consume; nil for every queue of a registered actor.
  public var queues: [String]?
  /// How many unsettled deliveries each queue may have in this process; nil for ``effectivePrefetch``'s default.
  public var prefetch: Int?
  /// How long running messages may go on once the worker is asked to stop.
  public var drainTimeout: Duration
  /// After how many messages the worker drains and ends, to be started afresh; nil for never.
  public var maxTasks: Int?
  /// Above how many bytes of resident memory the worker drains and ends; nil for never.
  public var maxRSS: Int?
  /// The folder of the state file and the crash ledger; nil for neither.
  public var stateDirectory: String?
  /// The number of this process among its siblings.
  public var slot: Int
  /// Whether a supervisor watches this process and reads its state file.
  public var isSupervised: Bool
  /// How long the first connection may take before the worker gives up; nil to try for ever.
  public var connectTimeout: Duration?
  /// Bounds for messages from the wire.
  public var limits: DecodingLimits

  /// A configuration; what is left out has its default.
  public init(
    concurrency: Int = 128, threads: Int? = nil, queues: [String]? = nil, prefetch: Int? = nil,
    drainTimeout: Duration = .seconds(25), maxTasks: Int? = nil, maxRSS: Int? = nil, stateDirectory: String? = nil,
    slot: Int = 0, isSupervised: Bool = false, connectTimeout: Duration? = nil,
    limits: DecodingLimits = DecodingLimits()
  ) {
    self.concurrency = concurrency
    self.threads = threads
    self.queues = queues
    self.prefetch = prefetch
    self.drainTimeout = drainTimeout
    self.maxTasks = maxTasks
    self.maxRSS = maxRSS
    self.stateDirectory = stateDirectory
    self.slot = slot
    self.isSupervised = isSupervised
    self.connectTimeout = connectTimeout
    self.limits = limits
  }

  /// The prefetch in force: the given one, else twice the slots as in dramatiq, with a read-ahead of at least 8. One that
  /// was not given is doubled for as long as messages take only milliseconds.
  public var effectivePrefetch: Int { prefetch ?? concurrency + max(8, concurrency) }

  /// Checks the numbers.
  ///
  /// - Throws: ``ActorSystemError`` (`invalidConfiguration`).
  public func validate() throws {
    func check(_ name: String, _ value: Int?, in range: ClosedRange<Int>) throws {
      guard let value, !range.contains(value) else { return }
      throw ActorSystemError(
        .invalidConfiguration, "\(name) is \(value); it must be in \(range.lowerBound)...\(range.upperBound)")
    }
    try check("concurrency", concurrency, in: 1...10_000)
    try check("threads", threads, in: 1...1_024)
    // AMQP carries the prefetch in 16 bits, where zero would mean no bound at all.
    try check("prefetch", effectivePrefetch, in: 1...65_535)
    try check("maxTasks", maxTasks, in: 1...Int.max)
    try check("maxRSS", maxRSS, in: 1...Int.max)
    try check("slot", slot, in: 0...9_999)
    if drainTimeout < .zero {
      throw ActorSystemError(.invalidConfiguration, "drainTimeout is \(drainTimeout); it must not be negative")
    }
    for queue in queues ?? [] { try QueueName.validate(queue) }
  }
}
