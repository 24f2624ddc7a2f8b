/// When a message with the option `eta` is to run.
enum DueTime {
  /// How many milliseconds from now a message is due.
  ///
  /// - Parameter isStrange: Called when the option is neither a number nor null.
  /// - Returns: nil when it is due: there is no `eta`, it is null or no number, or it is past.
  static func wait(of message: Message, _ isStrange: () -> Void) -> Int64? {
    guard let text = message.options["eta"], !message.options.isNull("eta") else { return nil }
    let eta: Int64
    if let integer = text.integerValue {
      eta = integer
    } else if let number = text.doubleValue, !number.isNaN {
      // Python computes with what it was given: a float delay makes a float eta.
      eta = number >= 0x1p63 ? .max : number <= -0x1p63 ? .min : Int64(number)
    } else if let flag = text.boolValue {
      // To Python a truth value is a number, one long past.
      eta = flag ? 1 : 0
    } else {
      isStrange()
      return nil
    }
    let (wait, overflow) = eta.subtractingReportingOverflow(WallClock.now)
    if overflow { return eta > 0 ? .max : nil }
    return wait > 0 ? wait : nil
  }
}
