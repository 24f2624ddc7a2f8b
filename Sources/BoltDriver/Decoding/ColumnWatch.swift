/// Notes whether a type, while it is read from the properties of a record's only value, asks for one of the column's name.
final class ColumnWatch {
  private let column: String
  /// Whether it did.
  private(set) var wasAskedFor = false

  /// - Parameter column: The column's name.
  init(_ column: String) { self.column = column }

  /// The type asks for this property.
  func note(_ property: String) {
    if property == column { wasAskedFor = true }
  }
}
