extension Duration {
  /// A duration from milliseconds as they stand on the wire: any number at all, integral or not.
  ///
  /// Negative ones give zero, those beyond the range of 64-bit milliseconds (`Infinity` included) give ``unlimited``;
  /// nil only for NaN.
  package init?(wireMilliseconds value: Double) {
    if value.isNaN { return nil }
    if value <= 0 {
      self = .zero
    } else if value < 9e12 {
      self = .nanoseconds(Int64(value * 1_000_000))
    } else if let whole = Int64(exactly: value.rounded(.towardZero)) {
      self = .milliseconds(whole)
    } else {
      self = .unlimited
    }
  }
}
