/// How a message is told apart in the state file and the crash ledger: its id, or a digest when the id is too long for
/// an entry.
package enum MessageKey {
  /// The key of a message.
  package static func key(of message: Message) -> String {
    message.id.utf8.count <= WorkerStateLayout.keyCapacity && !message.id.isEmpty ? message.id : digest(message)
  }

  /// FNV-1a over the id and the arguments: it must be the same in the next process, which `Hasher` is not.
  private static func digest(_ message: Message) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    message.id.utf8.forEach(mix)
    message.actorName.utf8.forEach(mix)
    message.arguments.bytes.forEach(mix)
    message.keywordArguments.bytes.forEach(mix)
    return "#" + String(hash, radix: 16)
  }
}
