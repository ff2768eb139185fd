import CoreMetrics
import Metrics
import Testing

@testable import Prometheus

@Suite("Exposition") struct ExpositionTests {
    private let metrics = PrometheusMetrics([
        .init("calls_total", "Calls, \\ and\nmore."), .init("size", "Sizes.", buckets: [1, 2.5]),
    ])

    @Test("the text is empty without metrics")
    func empty() {
        #expect(metrics.text() == "")
    }

    @Test("a counter has one help and type, and a line for each set of labels, sorted")
    func counters() {
        for (method, count) in [("put", 1), ("get", 2), ("get", 3)] {
            Counter(label: "calls_total", dimensions: [("method", method)], factory: metrics)
                .increment(by: count)
        }

        #expect(
            metrics.text() == """
                # HELP calls_total Calls, \\\\ and\\nmore.
                # TYPE calls_total counter
                calls_total{method="get"} 5
                calls_total{method="put"} 1

                """)
    }

    @Test("label values that only look alike are different")
    func lookAlikes() {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        for (type, count) in [(composed, 1), (decomposed, 2)] {
            Counter(label: "calls_total", dimensions: [("type", type)], factory: metrics)
                .increment(by: count)
        }
        let readings = [composed, decomposed].map { Reading("there", 1, [("type", $0)]) }

        let lines = metrics.text(with: readings).split(separator: "\n").map { Array($0.utf8) }

        for line in [
            "calls_total{type=\"\(composed)\"} 1", "calls_total{type=\"\(decomposed)\"} 2",
            "there{type=\"\(composed)\"} 1", "there{type=\"\(decomposed)\"} 1",
        ] {
            #expect(lines.contains(Array(line.utf8)), "\(line)")
        }
    }

    @Test("names and values are escaped")
    func escaping() {
        Counter(
            label: "Some/name.of 1", dimensions: [("a-b", "x\"y\\z\nä"), ("c", "")],
            factory: metrics
        ).increment()
        Meter(label: "1st", factory: metrics).set(0.25)

        #expect(
            metrics.text() == #"""
                # HELP _1st _1st
                # TYPE _1st gauge
                _1st 0.25
                # HELP some_name_of_1 some_name_of_1
                # TYPE some_name_of_1 counter
                some_name_of_1{a_b="x\"y\\z\nä",c=""} 1

                """#)
    }

    @Test(
        "every number is formatted",
        arguments: [
            (0, "0"), (-3, "-3"), (0.1, "0.1"), (1e20, "1e+20"), (1e-7, "1e-07"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
            (1_795_520_000.5, "1795520000.5"),
        ])
    func numbers(value: Double, text: String) {
        #expect(ExpositionText.number(value) == text)
        #expect(Double(text) == value || value.isNaN || value.isInfinite)
    }

    @Test("a histogram counts the values up to each bound, and all values")
    func histogram() {
        let size = Recorder(label: "size", dimensions: [("of", "x")], factory: metrics)

        for value in [0.5, 1, 1.5, 2.5, 100] { size.record(value) }
        size.record(Double.nan)

        #expect(
            metrics.text() == """
                # HELP size Sizes.
                # TYPE size histogram
                size_bucket{of="x",le="1"} 2
                size_bucket{of="x",le="2.5"} 4
                size_bucket{of="x",le="+Inf"} 5
                size_sum{of="x"} 105.5
                size_count{of="x"} 5

                """)
    }

    @Test("times are in seconds, with buckets from a millisecond to a minute")
    func timer() {
        let timer = Timer(label: "took", factory: metrics)

        timer.recordMilliseconds(1)
        timer.recordSeconds(61)

        let lines = metrics.text().split(separator: "\n")
        #expect(lines.contains(#"took_bucket{le="0.001"} 1"#))
        #expect(lines.contains(#"took_bucket{le="60"} 1"#))
        #expect(lines.contains(#"took_bucket{le="+Inf"} 2"#))
        #expect(lines.contains("took_sum 61.001"))
    }

    @Test("a gauge has its last value, and a meter goes up and down")
    func gauges() {
        let gauge = Gauge(label: "gauge", factory: metrics)
        let meter = Meter(label: "meter", factory: metrics)

        gauge.record(1)
        gauge.record(7)
        meter.set(5)
        meter.increment(by: 2.5)
        meter.decrement()

        let text = metrics.text()
        #expect(text.contains("# TYPE gauge gauge\ngauge 7\n"))
        #expect(text.contains("# TYPE meter gauge\nmeter 6.5\n"))
    }

    @Test("metrics of the predecessor services keep their names, each in one group")
    func originals() {
        for (command, milliseconds) in [("add_job", 2), ("get_jobs", 8), ("add_job", 4)] {
            Counter(label: "v1/jobs.\(command).exec_count", factory: metrics).increment()
            Timer(label: "v1/jobs.\(command).exec_time", factory: metrics)
                .recordMilliseconds(milliseconds)
        }
        Counter(label: "v1.0/jobs.add_job.exec_errors", factory: metrics).increment()

        let lines = metrics.text().split(separator: "\n").filter { !$0.hasPrefix("# HELP") }
        #expect(
            lines == [
                "# TYPE exec_count counter",
                #"exec_count{service="v1/jobs",command="add_job"} 2"#,
                #"exec_count{service="v1/jobs",command="get_jobs"} 1"#,
                "# TYPE exec_errors counter",
                #"exec_errors{service="v1.0/jobs",command="add_job"} 1"#,
                "# TYPE exec_time_average gauge",
                #"exec_time_average{service="v1/jobs",command="add_job"} 3"#,
                #"exec_time_average{service="v1/jobs",command="get_jobs"} 8"#,
                "# TYPE exec_time_count gauge",
                #"exec_time_count{service="v1/jobs",command="add_job"} 2"#,
                #"exec_time_count{service="v1/jobs",command="get_jobs"} 1"#,
                "# TYPE exec_time_max gauge",
                #"exec_time_max{service="v1/jobs",command="add_job"} 4"#,
                #"exec_time_max{service="v1/jobs",command="get_jobs"} 8"#,
                "# TYPE exec_time_min gauge",
                #"exec_time_min{service="v1/jobs",command="add_job"} 2"#,
                #"exec_time_min{service="v1/jobs",command="get_jobs"} 8"#,
            ])
    }

    @Test("readings are sorted among the metrics, and equal ones are added up")
    func readings() {
        Counter(label: "b", factory: metrics).increment()

        let text = metrics.text(with: [
            Reading("c", 2), Reading("a", 1, [("x", "2")]), Reading("a", 0.5, [("x", "1")]),
            Reading("a", 3, [("x", "2")]), Reading("d", 9, kind: .counter),
            Reading("b", 100),
        ])

        #expect(
            text.split(separator: "\n").filter { !$0.hasPrefix("# HELP") } == [
                "# TYPE a gauge", #"a{x="1"} 0.5"#, #"a{x="2"} 4"#, "# TYPE b counter", "b 1",
                "# TYPE c gauge", "c 2", "# TYPE d counter", "d 9",
            ])
    }

    @Test("a name used by two kinds is written once")
    func conflict() {
        Counter(label: "x", factory: metrics).increment()
        Gauge(label: "x", factory: metrics).record(5)

        #expect(metrics.text().hasSuffix("# TYPE x counter\nx 1\n"))
    }

    @Test("a reset clears counters, and keeps gauges")
    func resetting() {
        Counter(label: "a", factory: metrics).increment()
        Timer(label: "v1.add.exec_time", factory: metrics).recordMilliseconds(1)
        Gauge(label: "c", factory: metrics).record(3)

        #expect(metrics.text(resetting: true).contains("\na 1\n"))

        let text = metrics.text()
        #expect(text.contains("\na 0\n"))
        #expect(text.contains(#"exec_time_max{service="v1",command="add"} 0"#))
        #expect(text.contains("\nc 3\n"))
    }

    @Test("a destroyed metric is not written any more")
    func destroyed() {
        let counter = Counter(label: "a", factory: metrics)
        let timer = Timer(label: "v1.add.exec_time", factory: metrics)
        Gauge(label: "c", factory: metrics).record(3)

        counter.destroy()
        timer.destroy()

        #expect(metrics.text().hasPrefix("# HELP c c\n"))
        #expect(!metrics.text().contains("exec_time"))
    }
}
