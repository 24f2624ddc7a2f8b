import Logging
import NIOCore

/// The records of a query, fetched as they are read.
///
/// Each record is read once, by one task: what a loop has left is there for the next one, or for ``collect()``. Records
/// that nobody reads stay on the server: the driver asks for ``SessionConfiguration/fetchSize`` at a time, and for more
/// only when those have been taken.
///
/// ```swift
/// let result = try await session.run("MATCH (p:Package) RETURN p.name, p.size")
/// for try await record in result {
///   let (name, size) = try record.decode(String.self, Int.self)
/// }
/// ```
///
/// A result lives as long as its transaction: after commit or rollback its records cannot be read any more, while
/// ``consume()`` goes on telling what it told before. A result of ``Session/run(_:configuration:)`` is fetched to its end
/// when the session does something else.
public struct QueryResult: AsyncSequence, Sendable {
  /// What is iterated.
  public typealias Element = Record

  private let stream: ResultStream
  private let columns: RecordKeys
  private let header: [String: BoltValue]
  private let server: ServerInfo
  private let dialect: PackStreamDialect

  init(stream: ResultStream, header: [String: BoltValue], connection: BoltConnection) {
    self.stream = stream
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

  /// Begins to read, or goes on where another iterator stopped.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(stream: stream, columns: columns, dialect: dialect)
  }

  /// Takes the next record; nil behind the last.
  ///
  /// - Throws: ``BoltError`` when the query fails half-way, or the record makes no sense, in which case the one behind it
  ///   can still be read; `CancellationError`.
  public func next() async throws -> Record? {
    var iterator = makeAsyncIterator()
    return try await iterator.next()
  }

  /// Looks at the next record and leaves it where it is; nil behind the last.
  ///
  /// - Throws: ``BoltError`` when the query fails half-way or the record makes no sense; `CancellationError`.
  public func peek() async throws -> Record? {
    var iterator = makeAsyncIterator()
    return try await iterator.peek()
  }

  /// Reads all records that are left, which the server is asked for at once, whatever the fetch size.
  ///
  /// - Throws: ``BoltError`` when the query fails half-way or a record makes no sense; `CancellationError`.
  public func collect() async throws -> [Record] {
    try stream.checkOpen()
    var records: [Record] = []
    while let batch = try await stream.nextBatch(everything: true) {
      while let raw = batch.take() { records.append(try Self.record(raw, columns, dialect)) }
    }
    return records
  }

  /// Reads the one record that there must be.
  ///
  /// - Throws: ``BoltError`` (`notSingle`) when there is none, or more than one.
  public func single() async throws -> Record {
    guard let record = try await next() else {
      throw BoltError(.notSingle, "exactly one record expected, found none", address: server.address)
    }
    guard try await peek() == nil else {
      throw BoltError(.notSingle, "exactly one record expected, found more", address: server.address)
    }
    return record
  }

  /// Reads the first record that is left, if there is any, and drops all behind it.
  ///
  /// - Parameter warn: Told, in a sentence, when there were more records than one: the query is then not as selective as
  ///   whoever wrote it thought.
  /// - Throws: ``BoltError`` when the query fails half-way or the record makes no sense; `CancellationError`.
  public func singleOptional(warn: (String) -> Void = Self.logWarning) async throws -> Record? {
    guard let record = try await next() else { return nil }
    var dropped = 0
    while let batch = try await stream.nextBatch(everything: true) {
      while batch.take() != nil { dropped += 1 }
    }
    if dropped > 0 { warn("at most one record expected, found multiple: the first of \(dropped + 1) is taken") }
    return record
  }

  /// Writes a sentence to the log named `bolt`, as a warning.
  public static func logWarning(_ sentence: String) { Logger(label: "bolt").warning("\(sentence)") }

  /// Drops the records that have not been read, and tells what is known of the query at its end. May be called again,
  /// and tells the same then; records cannot be read any more.
  ///
  /// - Throws: ``BoltError`` when the query fails half-way; `CancellationError`.
  @discardableResult
  public func consume() async throws -> ResultSummary {
    try summary(end: try await stream.consume())
  }

  /// Reads all records that are left, with the summary.
  func eager() async throws -> EagerResult {
    let records = try await collect()
    return EagerResult(keys: keys, records: records, summary: try await consume())
  }

  private func summary(end: [String: BoltValue]) throws -> ResultSummary {
    try ResultSummary(
      query: stream.query, columns: keys, sawRecords: stream.sawRecords, header: header, end: end, server: server)
  }

  /// Reads records one after the other.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private let stream: ResultStream
    private let columns: RecordKeys
    private let dialect: PackStreamDialect
    private var batch: RecordBatch?

    init(stream: ResultStream, columns: RecordKeys, dialect: PackStreamDialect) {
      self.stream = stream
      self.columns = columns
      self.dialect = dialect
    }

    /// The next record; nil behind the last.
    ///
    /// - Throws: ``BoltError`` when the query fails half-way, or the record makes no sense, in which case the one behind
    ///   it can still be read; `CancellationError`.
    public mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> Record? {
      while true {
        try stream.checkOpen()
        if let raw = batch?.take() { return try QueryResult.record(raw, columns, dialect) }
        guard let fresh = try await stream.nextBatch() else {
          batch = nil
          return nil
        }
        batch = fresh
      }
    }

    /// The next record; nil behind the last.
    ///
    /// - Throws: ``BoltError`` when the query fails half-way, or the record makes no sense, in which case the one behind
    ///   it can still be read; `CancellationError`.
    public mutating func next() async throws -> Record? { try await next(isolation: nil) }

    /// The next record, left where it is; nil behind the last.
    ///
    /// - Throws: ``BoltError`` when the query fails half-way or the record makes no sense; `CancellationError`.
    public mutating func peek() async throws -> Record? {
      while true {
        try stream.checkOpen()
        if let raw = batch?.first { return try QueryResult.record(raw, columns, dialect) }
        guard let fresh = try await stream.nextBatch() else {
          batch = nil
          return nil
        }
        batch = fresh
      }
    }
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
