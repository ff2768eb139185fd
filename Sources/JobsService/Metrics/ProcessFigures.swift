import Foundation
import Platform
import Prometheus

/// The standard process metrics of Prometheus, as the system reports them.
struct ProcessFigures {
    let readings: [Reading]

    /// The current values; `nil` on systems other than Linux, which do not provide them.
    static var now: ProcessFigures? {
        #if os(Linux)
            guard let stat = contents("/proc/self/stat") else { return nil }
            // The program name in parentheses may contain any characters.
            let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...]
                .split(separator: " ").dropFirst().map { Double($0) ?? 0 }
            guard fields.count > 21 else { return nil }
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            var limit = rlimit()
            _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            return ProcessFigures(readings: [
                Reading(
                    "process_cpu_seconds_total", (fields[11] + fields[12]) / ticks, kind: .counter),
                Reading("process_start_time_seconds", bootTime + fields[19] / ticks),
                Reading(
                    "process_resident_memory_bytes",
                    fields[21] * Double(sysconf(Int32(_SC_PAGESIZE)))),
                Reading("process_open_fds", Double(files?.count ?? 0)),
                Reading("process_max_fds", Double(limit.rlim_cur)),
            ])
        #else
            return nil
        #endif
    }

    private static let bootTime: Double = {
        let line = contents("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) } ?? 0
    }()

    private static func contents(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
