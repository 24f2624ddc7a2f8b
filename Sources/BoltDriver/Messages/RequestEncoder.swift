package import NIOCore

/// Writes requests as chunked messages of one version of the protocol.
package struct RequestEncoder: Sendable {
  /// The version of the connection.
  package let version: BoltVersion
  /// The form of the values.
  package let dialect: PackStreamDialect

  package init(version: BoltVersion, utcPatch: Bool = false) {
    self.version = version
    dialect = PackStreamDialect(version: version, utcPatch: utcPatch)
  }

  /// Writes a request behind what the buffer holds, cut into chunks and closed. When it throws, the buffer is as it
  /// was.
  ///
  /// - Throws: ``PackStreamError`` when a value cannot be sent.
  package func encode(_ request: BoltRequest, into buffer: inout ByteBuffer) throws(PackStreamError) {
    let start = ChunkEncoder.open(&buffer)
    var writer = PackStreamWriter(buffer, dialect: dialect)
    // The writer must be the only owner of the bytes, or the first write would copy them.
    buffer = ByteBuffer()
    do throws(PackStreamError) {
      try write(request, to: &writer)
    } catch {
      buffer = writer.take()
      buffer.moveWriterIndex(to: start)
      throw error
    }
    buffer = writer.take()
    ChunkEncoder.close(&buffer, from: start)
  }

  private func write(_ request: BoltRequest, to writer: inout PackStreamWriter) throws(PackStreamError) {
    let tag = request.kind.rawValue
    switch request {
    case .hello(let hello):
      writer.writeStructureHeader(tag: tag, fieldCount: 1)
      try writer.write(fields(of: hello))
    case .logon(let auth):
      writer.writeStructureHeader(tag: tag, fieldCount: 1)
      try writer.write(auth)
    case .telemetry(let call):
      writer.writeStructureHeader(tag: tag, fieldCount: 1)
      writer.write(call.rawValue)
    case .logoff, .goodbye, .reset, .commit, .rollback:
      writer.writeStructureHeader(tag: tag, fieldCount: 0)
    case .run(let query, let parameters, let start):
      writer.writeStructureHeader(tag: tag, fieldCount: 3)
      try writer.write(query)
      try writer.write(parameters)
      try writer.write(start?.wireFields(version) ?? [:])
    case .begin(let start):
      writer.writeStructureHeader(tag: tag, fieldCount: 1)
      try writer.write(start.wireFields(version))
    case .discard(let n, let queryID), .pull(let n, let queryID):
      try writePull(tag: tag, n: n, queryID: queryID, to: &writer)
    case .route(let context, let bookmarks, let database, let impersonatedUser):
      writer.writeStructureHeader(tag: tag, fieldCount: 3)
      try writer.write(context)
      try writer.write(bookmarks.map(BoltValue.string))
      guard version >= .v44 else { return try writer.write(database.map(BoltValue.string) ?? .null) }
      var extra: [String: BoltValue] = [:]
      if let database { extra["db"] = .string(database) }
      if let impersonatedUser { extra["imp_user"] = .string(impersonatedUser) }
      try writer.write(extra)
    }
  }

  /// The hottest message of all: written without building a map.
  private func writePull(
    tag: UInt8, n: Int64, queryID: Int64, to writer: inout PackStreamWriter
  ) throws(PackStreamError) {
    // Until version 3 it asks for everything, without a word.
    guard version >= .v40 else { return writer.writeStructureHeader(tag: tag, fieldCount: 0) }
    writer.writeStructureHeader(tag: tag, fieldCount: 1)
    writer.writeMapHeader(smallCount: queryID < 0 ? 1 : 2)
    try writer.write("n")
    writer.write(n)
    guard queryID >= 0 else { return }
    try writer.write("qid")
    writer.write(queryID)
  }

  private func fields(of hello: BoltRequest.Hello) -> [String: BoltValue] {
    var fields = hello.notifications.wireFields(version)
    fields["user_agent"] = .string(hello.userAgent)
    if version >= .v41, let routing = hello.routing { fields["routing"] = .map(routing) }
    if version < .v51 { fields.merge(hello.auth) { _, auth in auth } }
    if version >= .v43, version < .v50 { fields["patch_bolt"] = ["utc"] }
    if version >= .v53 { fields["bolt_agent"] = Self.boltAgent }
    return fields
  }

  /// The driver itself; it names neither machine nor person.
  private static let boltAgent: BoltValue = [
    "product": .string(DriverConfiguration.defaultUserAgent), "language": "Swift", "platform": .string(platform),
  ]

  private static var platform: String {
    #if arch(x86_64)
      "Linux; x86_64"
    #elseif arch(arm64)
      "Linux; aarch64"
    #else
      "Linux"
    #endif
  }
}
