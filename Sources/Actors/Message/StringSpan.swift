/// Where a string stands in a text, without its quotes, and what is special about it.
struct StringSpan {
  var start: Int
  var end: Int
  /// It holds a backslash: its text is not its bytes.
  var hasEscapes = false
  /// It holds half a surrogate pair as an escape: Python can write such a string, Swift's `String` cannot hold it.
  var hasLoneSurrogate = false
}
