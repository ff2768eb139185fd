import ArgumentParser

/// The benchmarks that scripts run; not part of the service.
@main
struct JobsBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs-bench", abstract: "Measures the jobs service.",
        subcommands: [
            MemoryBench.self, FileBench.self, ServeBench.self, WorkBench.self, DrainBench.self,
        ])
}
