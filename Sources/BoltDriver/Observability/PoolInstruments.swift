internal import Metrics

/// The figures of one server's connections for a metrics backend.
///
/// Counts are told as changes: those of several drivers that have the same server add up, and it does not matter in
/// which order two threads tell theirs.
package final class PoolInstruments: Sendable {
  private let used: Meter
  private let idle: Meter
  private let pending: Meter
  private let maximum: Meter
  private let idleMaximum: Meter
  private let timeouts: Counter
  private let createTime: Metrics.Timer
  private let waitTime: Metrics.Timer
  private let useTime: Metrics.Timer
  private let limit: Int

  /// - Parameters:
  ///   - factory: The backend.
  ///   - address: The server, after which the pool is named.
  ///   - limit: How many connections there may be.
  init(_ factory: any MetricsFactory, address: ServerAddress, limit: Int) {
    typealias Metric = SemanticConventions.Metric
    let pool = (SemanticConventions.Attribute.poolName, address.description)
    func meter(_ name: String, _ dimensions: (String, String)...) -> Meter {
      Meter(label: name, dimensions: [pool] + dimensions, factory: factory)
    }
    func timer(_ name: String) -> Metrics.Timer { Metrics.Timer(label: name, dimensions: [pool], factory: factory) }
    used = meter(Metric.connectionCount, (SemanticConventions.Attribute.connectionState, "used"))
    idle = meter(Metric.connectionCount, (SemanticConventions.Attribute.connectionState, "idle"))
    pending = meter(Metric.pendingRequests)
    maximum = meter(Metric.connectionMaximum)
    idleMaximum = meter(Metric.idleMaximum)
    timeouts = Counter(label: Metric.timeouts, dimensions: [pool], factory: factory)
    createTime = timer(Metric.createTime)
    waitTime = timer(Metric.waitTime)
    useTime = timer(Metric.useTime)
    self.limit = limit
    maximum.increment(by: Double(limit))
    idleMaximum.increment(by: Double(limit))
  }

  deinit {
    maximum.decrement(by: Double(limit))
    idleMaximum.decrement(by: Double(limit))
  }

  /// Records what happened in one step of the pool.
  func record(_ measurements: [PoolMeasurement], from before: PoolFigures, to after: PoolFigures) {
    Self.change(used, after.inUse - before.inUse)
    Self.change(idle, after.idle - before.idle)
    Self.change(pending, after.waiting - before.waiting)
    for measurement in measurements {
      switch measurement {
      case .created(let duration): createTime.recordNanoseconds(duration.inNanoseconds)
      case .waited(let duration): waitTime.recordNanoseconds(duration.inNanoseconds)
      case .used(let duration): useTime.recordNanoseconds(duration.inNanoseconds)
      case .timedOut: timeouts.increment()
      }
    }
  }

  /// The pool is gone: its connections count no more.
  func forget(_ figures: PoolFigures) {
    Self.change(used, -figures.inUse)
    Self.change(idle, -figures.idle)
    Self.change(pending, -figures.waiting)
  }

  private static func change(_ meter: Meter, _ difference: Int) {
    if difference > 0 {
      meter.increment(by: Double(difference))
    } else if difference < 0 {
      meter.decrement(by: Double(-difference))
    }
  }
}
