import NIOCore

/// The records of a query, fetched as they are read.
///
/// The records can be iterated once, by one task. Records that nobody reads stay on the server: the driver asks for
/// ``SessionConfiguration/fetchSize`` at a time, and for more only when those have been taken.
///
/// ```swift
/// let result = try await session.run("MATCH (p:Package) RETURN p.name, p.size")
/// for try await record in result {
///   let (name, size) = try record.decode(String.self, Int.self)
/// }
/// ```
public struct QueryResult: AsyncSequence, Sendable {
  /// What is iterated.
  public typealias Element = Record

  private let stream: ResultStream
  private let columns: RecordKeys
  private let query: String
  private let header: [String: BoltValue]
  private let server: ServerInfo
  private let dialect: PackStreamDialect

  init(stream: ResultStream, query: String, header: [String: BoltValue], connection: BoltConnection) {
    self.stream = stream
    self.query = query
    self.header = header
    server = connection.server
    dialect = connection.encoder.dialect
    var names: [String] = []
    if case .list(let fields)? = header["fields"] {
      names = fields.map { if case .string(let name) = $0 { name } else { "" } }
    }
    columns = RecordKeys(names)
  }

  /// The names of the columns, in order.
  public var keys: [String] { columns.names }

  /// Begins to read; a second iterator continues where the first stopped taking records from the server.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(stream: stream, columns: columns, dialect: dialect)
  }

  /// Reads all records that are left.
  ///
  /// - Throws: ``BoltError`` when the query fails half-way or a record makes no sense; `CancellationError`.
  public func collect() async throws -> [Record] {
    var records: [Record] = []
    while let batch = try await stream.nextBatch() {
      records.reserveCapacity(records.count + batch.count)
      for raw in batch { records.append(try Self.record(raw, columns, dialect)) }
    }
    return records
  }

  /// Reads the one record that there must be.
  ///
  /// - Throws: ``BoltError`` (`notSingle`) when there is none, or more than one.
  public func single() async throws -> Record {
    var iterator = makeAsyncIterator()
    guard let record = try await iterator.next() else {
      throw BoltError(.notSingle, "exactly one record expected, found none", address: server.address)
    }
    guard try await iterator.next() == nil else {
      throw BoltError(.notSingle, "exactly one record expected, found more", address: server.address)
    }
    return record
  }

  /// Drops the records that have not been read, and tells what is known of the query at its end.
  ///
  /// - Throws: ``BoltError`` when the query fails half-way; `CancellationError`.
  @discardableResult
  public func consume() async throws -> ResultSummary {
    let end = try await stream.discardRest()
    return ResultSummary(
      query: query, columns: keys, sawRecords: stream.sawRecords, header: header, end: end, server: server)
  }

  /// Reads all records that are left, with the summary.
  func eager() async throws -> EagerResult {
    let records = try await collect()
    return EagerResult(keys: keys, records: records, summary: try await consume())
  }

  /// Reads records one after the other.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private let stream: ResultStream
    private let columns: RecordKeys
    private let dialect: PackStreamDialect
    private var batch: [ByteBuffer] = []
    private var index = 0

    init(stream: ResultStream, columns: RecordKeys, dialect: PackStreamDialect) {
      self.stream = stream
      self.columns = columns
      self.dialect = dialect
    }

    /// The next record; nil behind the last.
    ///
    /// - Throws: ``BoltError`` when the query fails half-way or a record makes no sense; `CancellationError`.
    public mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> Record? {
      if index >= batch.count {
        guard let fresh = try await stream.nextBatch() else {
          batch = []
          index = 0
          return nil
        }
        batch = fresh
        index = 0
      }
      defer { index += 1 }
      return try QueryResult.record(batch[index], columns, dialect)
    }

    /// The next record; nil behind the last.
    ///
    /// - Throws: ``BoltError`` when the query fails half-way or a record makes no sense; `CancellationError`.
    public mutating func next() async throws -> Record? { try await next(isolation: nil) }
  }

  private static func record(_ raw: ByteBuffer, _ columns: RecordKeys, _ dialect: PackStreamDialect) throws -> Record {
    do {
      let values = try PackStreamReader.read(raw, dialect: dialect) { reader throws(PackStreamError) in
        try reader.readList()
      }
      guard values.count == columns.names.count else {
        throw BoltError(
          .protocolViolation, "a record of \(columns.names.count) values expected, found one of \(values.count)")
      }
      return Record(columns: columns, values: values)
    } catch let error as PackStreamError {
      throw BoltError(.protocolViolation, "a record cannot be read: \(error)")
    }
  }
}
