/// Where deliveries come in. A thread of the worker that has nothing to do may attend it instead of sleeping until it is
/// woken.
package protocol DeliveryIntake: AnyObject, Sendable {
  /// Waits for deliveries, hands them to the sink, and returns when `isNeeded` says that the thread has something to do.
  ///
  /// - Parameter isNeeded: Asked after everything that has come and before every wait.
  /// - Returns: False, at once, when the intake is looked after otherwise.
  func attend(until isNeeded: () -> Bool) -> Bool
  /// Makes a thread inside ``attend(until:)`` ask again whether it is needed.
  func interrupt()
  /// Whether it is left to the worker's threads.
  var isLent: Bool { get }
  /// Called now and then while none of them is there: when that has lasted too long it is looked after otherwise.
  func check(now: UInt64)
  /// The worker's threads will not come any more.
  func abandon()
}

/// A sink whose threads can attend the intake of what it gets.
package protocol AttendingSink: DeliverySink {
  /// Offers the intake.
  func attach(_ intake: any DeliveryIntake)
  /// Whether a thread is at work that will come to the intake once it has nothing else to do. From then on
  /// ``DeliveryIntake/check(now:)`` is called until one has come.
  func willAttend() -> Bool
}
