import FoundationEssentials

/// What the health port answers to one request.
package struct HealthResponse: Sendable, Hashable {
  /// The HTTP status code.
  package var status: Int
  /// The media type of the body.
  package var contentType: String
  /// The body.
  package var body: [UInt8]

  /// Makes a response.
  package init(status: Int, contentType: String, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// A response whose body is `value` as JSON, keys sorted.
  package static func json(_ status: Int, _ value: some Encodable) -> HealthResponse {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      // Only a non-finite number could bring us here; a probe must still get its answer.
      return HealthResponse(status: 500, contentType: "application/json", body: Array(#"{"status":"error"}"#.utf8))
    }
    return HealthResponse(status: status, contentType: "application/json", body: Array(data) + [0x0A])
  }

  /// A plain-text response.
  package static func text(_ status: Int, _ text: String) -> HealthResponse {
    HealthResponse(status: status, contentType: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8))
  }

  /// The answer to a path that is not served.
  package static let notFound = HealthResponse.text(404, "not found; there are /healthz, /readyz and /metrics")
}
