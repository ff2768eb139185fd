extension ComponentKind {
    /// Loggers, counters and tracers.
    static let observability = [
        ComponentKind(
            pattern: "pip-services:logger:console:*:1.0", keys: ["level", "format"],
            unusedKeys: ["source"], make: console),
        ComponentKind(
            pattern: "pip-services:logger:null:*:1.0", keys: [], unusedKeys: ["level", "source"]
        ) { _, _ in .console(ConsoleSettings(level: .none)) },
        ComponentKind(
            pattern: "pip-services:counters:log:*:1.0",
            keys: ["interval", "reset_timeout", "options.interval", "options.reset_timeout"],
            unusedKeys: ["level", "source"]
        ) { config, _ in
            var options = LogCounters.Options()
            for key in ["interval", "options.interval"] {
                if let interval = try config.integer(key, in: 1 ... .max) {
                    options.interval = interval
                }
            }
            for key in ["reset_timeout", "options.reset_timeout"] {
                if let timeout = try config.integer(key) { options.resetTimeout = timeout }
            }
            return .counters(options)
        },
        // The metrics are collected and served with or without this component.
        ComponentKind(
            pattern: "pip-services:counters:prometheus:*:1.0",
            keys: ["connection.*", "connections.*"],
            unusedKeys: [
                "source", "instance", "push_enabled", "interval", "reset_timeout", "options.*",
                "credential.*",
            ]
        ) { config, warnings in
            for key in config.keys where key.hasPrefix("connection") {
                warnings.append(
                    config.warning(key, "has no effect, as nothing is pushed: see GET /metrics"))
            }
            return .inert
        },
    ]

    private static func console(_ config: ComponentConfig, _ warnings: inout [String]) throws
        -> Component
    {
        var settings = ConsoleSettings()
        if let text = config["format"] {
            guard let format = LogFormat(rawValue: text.lowercased()) else {
                throw config.error(
                    "format", "must be text or json but is \"\(text)\"", .badConfig)
            }
            settings.format = format
        }
        if let text = config["level"] {
            if let level = ConsoleLevel(text) {
                settings.level = level
            } else {
                let mistake = "\"\(text)\" is no level"
                settings.mistake = config.error("level", mistake, .badConfig)
                warnings.append(config.warning("level", "\(mistake), so it is info"))
            }
        }
        return .console(settings)
    }

    /// Components that existing files have and that need no work here: a composite stands for all
    /// other loggers, counters or tracers, and the rest is served by other means.
    static let inert = [
        inert("pip-services:logger:composite:*:1.0"),
        inert("pip-services:counters:composite:*:1.0"),
        inert("pip-services:counters:null:*:1.0"),
        inert("pip-services:tracer:composite:*:1.0"),
        inert("pip-services:tracer:null:*:1.0"),
        ComponentKind(pattern: "pip-services:tracer:log:*:1.0", keys: ["*"]) { config, warnings in
            warnings.append("\(config.file): \(config.descriptor): traces are not written")
            return .inert
        },
        inert("pip-services:cache:null:*:1.0"),
        inert("pip-services:cache:memory:*:1.0"),
        inert("pip-services:config-reader:*:*:1.0"),
        inert("pip-services:container-info:default:*:1.0"),
        inert("pip-services:credential-store:memory:*:1.0"),
        inert("pip-services:discovery:memory:*:1.0"),
        inert("pip-services:factory:*:*:1.0"),
        inert("pip-services:shutdown:*:*:1.0"),
    ]

    private static func inert(_ pattern: Descriptor) -> ComponentKind {
        ComponentKind(pattern: pattern, keys: ["*"]) { _, _ in .inert }
    }
}
