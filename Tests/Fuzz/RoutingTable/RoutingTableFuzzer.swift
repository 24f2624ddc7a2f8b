import BoltDriver
import FuzzSupport
import NIOCore

/// What a router answers: a table that can be used, or an error.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzRoutingTable(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let mode = input.takeByte()
  let now = Duration.seconds(Int64(input.takeByte()) * 86_400)
  let answer = mode & 1 == 0 ? decoded(input.takeAll()) : composed(&input)
  guard let answer else { return 0 }
  do {
    test(try RoutingTable(wire: answer, database: mode & 2 == 0 ? nil : "graph", now: now), of: answer, now: now)
  } catch let error as BoltError {
    require(error.code == .protocolViolation, "a bad table is a violation of the protocol, not \(error.code)")
  } catch {
    report("only BoltError is thrown, not \(error)")
  }
  return 0
}

@_cdecl("RoutingTableFuzzer_main")
func runRoutingTableFuzzer(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  FuzzerDriver.run(count, arguments, fuzzRoutingTable)
}

/// The bytes as the wire has them.
private func decoded(_ bytes: [UInt8]) -> [String: BoltValue]? {
  try? PackStreamReader.read(ByteBuffer(bytes: bytes), dialect: PackStreamDialect(version: .v60)) {
    reader throws(PackStreamError) in try reader.readMap()
  }
}

/// A table from text that is easily changed: eight bytes of a time to live, then a line for each kind of server, `ROUTE`
/// and the addresses behind it.
private func composed(_ input: inout FuzzInput) -> [String: BoltValue]? {
  let timeToLive = input.take(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
  let servers = input.takeText().split(separator: "\n").map { line -> BoltValue in
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map { BoltValue.string(String($0)) }
    return .map(["role": words.first ?? .null, "addresses": .list(Array(words.dropFirst()))])
  }
  return ["ttl": .int(timeToLive), "servers": .list(servers), "db": "graph"]
}

private func test(_ table: RoutingTable, of answer: [String: BoltValue], now: Duration) {
  guard case .int(let seconds)? = answer["ttl"] else { report("a table has a time to live") }
  require(table.timeToLive >= .zero && table.timeToLive <= .seconds(max(0, seconds)), "it lives no longer than told")
  require(!table.isOutdated(now: now), "it is not outdated when it comes")
  for (mode, members) in [(AccessMode.read, table.readers), (.write, table.writers)] {
    let isUsable = !table.routers.isEmpty && !members.isEmpty && table.timeToLive > .zero
    require(table.isFresh(for: mode, now: now) == isUsable, "it is fresh when it names who is needed")
    require(!table.isFresh(for: mode, now: now + table.timeToLive), "it is not fresh after its time")
  }
  require(table.isOutdated(now: now + table.timeToLive + RoutingTable.purgeDelay), "it is outdated in the end")
  for members in [table.routers, table.readers, table.writers] {
    require(Set(members).count == members.count, "no member stands in a list twice")
    for member in members { require(ServerAddress(member.description) == member, "\(member) is an address") }
  }
  require(table.cameWithoutWriters == table.writers.isEmpty, "it remembers whether it came with writers")
  var smaller = table
  for member in table.servers.prefix(4) {
    smaller.remove(member)
    require(!smaller.servers.contains(member), "a member that was removed has no part")
  }
}
