import Jobs
import JobsEngine
import JobsMemory
import Platform

/// A kind of component that a configuration file can contain: a row of the table of all kinds.
struct ComponentKind: Sendable {
    /// The descriptor of entries of this kind. The first row that matches an entry applies.
    let pattern: Descriptor
    /// The keys that have an effect. Other keys cause a warning, since they are probably
    /// misspelled.
    let keys: KeyPatterns
    /// The keys in existing files that never had an effect and need no warning.
    var unusedKeys: KeyPatterns = []
    /// Whether an unknown key stops the start, since a misspelled one could grant unintended
    /// access.
    var isStrict = false
    /// Validates the settings. Problems that are not errors are added to the warnings.
    let make: @Sendable (ComponentConfig, _ warnings: inout [String]) throws -> Component

    static func kind(of descriptor: Descriptor) -> ComponentKind? {
        all.first { $0.pattern.matches(descriptor) }
    }

    static let all =
        [contextInfo] + observability + [memory, file, mongo, controller, access, endpoint]
        + services
        + inert

    private static let contextInfo = ComponentKind(
        pattern: "pip-services:context-info:default:*:1.0",
        keys: ["name", "description", "properties.*"]
    ) { config, _ in
        var info = ContextInfo(id: hostName())
        if let name = config["name"] { info.name = name }
        if let description = config["description"] { info.description = description }
        info.properties = config.section("properties")
        return .contextInfo(info)
    }

    private static let memory = ComponentKind(
        pattern: "pip-services-jobs:persistence:memory:*:1.0",
        keys: ["options.max_page_size"] + WaitingJobsPersistence.Options.keys,
        unusedKeys: ["options.debug"]
    ) { config, _ in
        let maxPageSize = try config.count("options.max_page_size", in: 1 ... .max) ?? 1000
        let waiting = try WaitingJobsPersistence.Options(config)
        return .persistence { _, observer in
            let store = MemoryJobsPersistence(maxPageSize: maxPageSize, observer: observer)
            return OpenedStore(
                persistence: store, place: "in memory and are gone when the process ends",
                waiting: waiting, census: store)
        }
    }

    private static let endpoint = ComponentKind(
        pattern: "pip-services:endpoint:http:*:1.0", keys: EndpointSettings.keys,
        unusedKeys: EndpointSettings.unusedKeys
    ) { config, warnings in
        .endpoint(try EndpointSettings(config, warnings: &warnings))
    }
}

extension WaitingJobsPersistence.Options {
    /// The keys for waiting claims, which every kind of store has.
    static let keys: KeyPatterns = ["options.max_waiters"]

    init(_ config: ComponentConfig) throws {
        self.init()
        if let count = try config.count("options.max_waiters", in: 0 ... .max) {
            maxWaiters = count
        }
    }
}
