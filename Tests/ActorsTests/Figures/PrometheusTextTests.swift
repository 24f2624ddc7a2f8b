import Actors
import Testing

@Suite("Figures as Prometheus reads them")
struct PrometheusTextTests {
  @Test func `families of one name come together, with their labels escaped`() {
    var first = ProcessFigures()
    first.metrics = [MetricFamily("a_total", .counter, "All\nof it.", 3), MetricFamily("b", .gauge, "B.", 0.5)]
    var second = ProcessFigures()
    second.metrics = [
      MetricFamily("a_total", .counter, "All\nof it.", samples: [.init(["x": "\"q\"\\\n"], value: .number(1e300))])
    ]
    let text = PrometheusText.render(first.labelled(worker: 0) + second.labelled(worker: 1))
    #expect(
      text == """
        # HELP a_total All\\nof it.
        # TYPE a_total counter
        a_total{worker="0"} 3
        a_total{worker="1",x="\\"q\\"\\\\\\n"} 1e+300
        # HELP b B.
        # TYPE b gauge
        b{worker="0"} 0.5

        """)
  }

  @Test func `buckets are cumulated`() {
    let histogram = MetricHistogram(bounds: [0.1, 1], counts: [2, 0, 3], sum: 12.5)
    let family = MetricFamily(
      "s", .histogram, "S.", samples: [.init(["q": "x"], value: .histogram(histogram))])
    #expect(
      PrometheusText.render([family]) == """
        # HELP s S.
        # TYPE s histogram
        s_bucket{q="x",le="0.1"} 2
        s_bucket{q="x",le="1"} 2
        s_bucket{q="x",le="+Inf"} 5
        s_sum{q="x"} 12.5
        s_count{q="x"} 5

        """)
  }
}
