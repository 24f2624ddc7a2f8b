import Actors
import FoundationEssentials

/// A message as text, written by hand and not by the code under test.
struct WireMessage {
  /// `queue_name`
  var queue: String
  /// `actor_name`
  var actor: String
  /// `args`, as JSON.
  var args = "[]"
  /// `kwargs`, as JSON.
  var kwargs = "{}"
  /// `options`, as JSON.
  var options = "{}"
  /// `message_id`
  var id = UUID().uuidString.lowercased()
  /// `message_timestamp`
  var timestamp = Int64(Date().timeIntervalSince1970 * 1_000)

  /// The body.
  var text: String {
    """
    {"queue_name":"\(queue)","actor_name":"\(actor)","args":\(args),"kwargs":\(kwargs),"options":\(options),\
    "message_id":"\(id)","message_timestamp":\(timestamp)}
    """
  }
}
