@testable import JobsService

/// Entries to combine into configuration files.
enum ConfigText {
    static let memory = "- descriptor: pip-services-jobs:persistence:memory:default:1.0\n"
    static let controller =
        "- descriptor: pip-services-jobs:controller:default:default:1.0\n"
    static let service = "- descriptor: pip-services-jobs:service:http:default:1.0\n"
    static let heartbeat = "- descriptor: pip-services:heartbeat-service:http:default:1.0\n"

    static func endpoint(_ name: String, port: Int) -> String {
        """
        - descriptor: pip-services:endpoint:http:\(name):1.0
          connection: {port: \(port)}

        """
    }

    static func plan(_ text: String) throws -> ContainerPlan {
        try ContainerPlan(ConfigFile(path: "c.yml", text: text, parameters: [:]))
    }
}
