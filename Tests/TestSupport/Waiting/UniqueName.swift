/// A queue name that no other test and no other run uses.
///
/// - Parameter stem: The readable part: letters, digits, `-`.
package func uniqueName(_ stem: String) -> String {
  let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
  return "\(stem)-" + String((0..<8).compactMap { _ in alphabet.randomElement() })
}
