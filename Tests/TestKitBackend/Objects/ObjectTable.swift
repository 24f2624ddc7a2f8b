/// Objects of one kind by their ids.
actor ObjectTable<Object: Sendable> {
  private let kind: String
  private var objects: [String: Object] = [:]
  private var last = 0

  init(_ kind: String) { self.kind = kind }

  /// Keeps an object.
  ///
  /// - Returns: Its id.
  func add(_ object: Object) -> String {
    last += 1
    let id = "\(kind)-\(last)"
    objects[id] = object
    return id
  }

  /// Keeps an object that has to know its id.
  func add(_ make: @Sendable (_ id: String) -> Object) -> String {
    last += 1
    let id = "\(kind)-\(last)"
    objects[id] = make(id)
    return id
  }

  /// The object of an id.
  ///
  /// - Throws: ``BackendFault`` when there is none.
  func get(_ id: String) throws -> Object {
    guard let object = objects[id] else { throw BackendFault("there is no \(id)") }
    return object
  }

  /// Lets go of an object.
  func remove(_ id: String) { objects[id] = nil }

  /// Lets go of all objects.
  func removeAll() -> [Object] {
    defer { objects = [:] }
    return Array(objects.values)
  }
}
