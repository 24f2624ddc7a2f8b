/// The server that answered.
public struct ServerInfo: Sendable, Hashable {
  /// Where it is, `host:port`.
  public let address: String
  /// What it calls itself, such as `Neo4j/5.26.0`.
  public let agent: String
  /// The version of the protocol that is spoken with it.
  public let protocolVersion: BoltVersion

  package init(address: String, agent: String, protocolVersion: BoltVersion) {
    self.address = address
    self.agent = agent
    self.protocolVersion = protocolVersion
  }
}
