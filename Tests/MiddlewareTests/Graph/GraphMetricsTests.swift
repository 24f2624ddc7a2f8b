import Actors
import BoltDriver
import Testing

@testable import Middleware

@Suite struct GraphMetricsTests {
  @Test func routingTablesTellTheirAgeAndTheirMembers() {
    let member = ServerAddress(host: "a")
    let table = RoutingTable(
      database: "graph", timeToLive: .seconds(300), routers: [member], readers: [member, ServerAddress(host: "b")],
      writers: [], updatedAt: .seconds(10))
    let text = PrometheusText.render(
      GraphMetrics.routingTables([RoutingTableMetrics(table, now: .milliseconds(12_500))]))
    for line in [
      #"neo4j_routing_table_age_seconds{database="graph"} 2.5"#,
      #"neo4j_routing_table_servers{database="graph",role="reader"} 2"#,
      #"neo4j_routing_table_servers{database="graph",role="writer"} 0"#,
    ] {
      #expect(text.contains(line + "\n"))
    }
    #expect(GraphMetrics.routingTables([]).isEmpty)
  }
}
