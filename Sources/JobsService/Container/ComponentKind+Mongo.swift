import Jobs
import JobsEngine
import JobsMongo
import Logging
import Mongo
import Prometheus
import ServiceLifecycle

extension ComponentKind {
    static let mongo = ComponentKind(
        pattern: "pip-services-jobs:persistence:mongodb:*:1.0",
        keys: MongoSettings.keys + WaitingJobsPersistence.Options.keys,
        unusedKeys: MongoSettings.unusedKeys
    ) { config, _ in
        let settings = try MongoSettings(config)
        return .persistence { logger, observer in try await settings.open(logger, observer) }
    }
}

/// The settings of a store in MongoDB, from the configuration of its component.
struct MongoSettings: Sendable {
    let connection: MongoConnection
    let collection: String
    let maxPageSize: Int
    /// How long the start waits for the database.
    let startTimeout: Duration
    /// The time limit of a query for a list.
    let listTimeout: Duration
    /// Whether concurrent requests are merged into one command to the database.
    let mergesCommands: Bool
    let waiting: WaitingJobsPersistence.Options
    private let config: ComponentConfig

    static let keys: KeyPatterns = [
        "collection", "connection.*", "connections.*", "credential.*", "options.max_pool_size",
        "options.connect_timeout", "options.socket_timeout", "options.replica_set", "options.ssl",
        "options.auth_source", "options.auth_user", "options.auth_password",
        "options.max_page_size",
        "options.start_timeout", "options.list_timeout", "options.merge_commands",
    ]
    static let unusedKeys: KeyPatterns = [
        "options.debug", "options.keep_alive", "options.auto_reconnect",
        "options.reconnect_interval",
        "dependencies.connection",
    ]

    init(_ config: ComponentConfig) throws {
        self.config = config
        for key in config.keys where key.hasSuffix("discovery_key") || key.hasSuffix("store_key") {
            throw config.error(key, "is not supported, configure the connection here", .badConfig)
        }
        do {
            let values = config.keys.map { ($0, config[$0] ?? "") }
            connection = try MongoConnection(
                configuration: Dictionary(uniqueKeysWithValues: values))
        } catch let mistake as MongoConnection.Mistake {
            throw config.error(mistake)
        } catch let error as MongoError {
            throw config.error("connection.uri", error.message, .badConfig)
        }
        collection = config["collection"] ?? "jobs"
        maxPageSize = try config.count("options.max_page_size", in: 1 ... .max) ?? 1000
        waiting = try WaitingJobsPersistence.Options(config)
        mergesCommands = try config.boolean("options.merge_commands") ?? true
        let timeout = try config.integer("options.start_timeout", in: 0...86_400_000) ?? 30_000
        startTimeout = .milliseconds(timeout)
        listTimeout = .milliseconds(
            try config.integer("options.list_timeout", in: 1...86_400_000) ?? 5000)
    }

    /// Opens the client, waits for the database and creates the store.
    func open(_ logger: Logger, _ observer: any JobObserver) async throws -> OpenedStore {
        Self.forwardLog(to: logger)
        do {
            let client = try MongoClient(uri: connection.uri, appName: "jobs")
            let store = try await MongoJobsPersistence.start(
                on: client, uri: connection.uri, database: connection.database,
                collection: collection, maxPageSize: maxPageSize, listTimeout: listTimeout,
                observer: observer, timeout: startTimeout, logger: logger)
            return OpenedStore(
                persistence: mergesCommands ? MergingJobsPersistence(store) : store,
                place: "in MongoDB \(connection.database).\(collection) at \(connection.uri.hosts)",
                // Two index lookups on the primary.
                check: store.check,
                news: store, waiting: waiting, census: store,
                readings: {
                    let use = client.poolUse
                    return [
                        Reading("mongo_pool_size", Double(use.size)),
                        Reading("mongo_pool_in_use", Double(use.inUse)),
                        Reading("mongo_pool_waiting", Double(use.waiting)),
                    ]
                },
                services: [
                    ClosureService {
                        try? await gracefulShutdown()
                        await client.shutdown()
                    },
                    ClosureService {
                        await cancelWhenGracefulShutdown {
                            await store.keepIndexes(logger: logger)
                        }
                    },
                    ClosureService {
                        await cancelWhenGracefulShutdown {
                            await store.adoptContinuously(logger: logger)
                        }
                    },
                ])
        } catch let error as MongoError {
            throw config.error(nil, error.message, .badConfig)
        } catch let error as MongoIndexError {
            throw config.error("collection", error.description, .badConfig)
        } catch {
            throw config.error(nil, "\(error)", .connectFailed)
        }
    }

    /// Forwards the log of libmongoc to the log of the service. While a server is unreachable
    /// libmongoc reports that many times a second.
    private static func forwardLog(to logger: Logger) {
        MongoLog.send { level, domain, message in
            let level: Logger.Level =
                switch level {
                case .error, .critical: .error
                case .warning: .warning
                case .message, .info: .info
                case .debug: .debug
                case .trace: .trace
                }
            logger.log(level: level, "\(domain): \(message)")
        }
    }
}

extension ComponentConfig {
    fileprivate func error(_ mistake: MongoConnection.Mistake) -> ConfigError {
        switch mistake {
        case .noHost: error("connection.host", "must be set, or connection.uri", .noHost)
        case .noPort: error("connection.port", "must be a number from 1 to 65535", .noPort)
        case .noDatabase:
            error("connection.database", "must be set, or connection.uri", .noDatabase)
        case .badOption(let key):
            error(key, "cannot be \"\(self[key] ?? "")\"", .badConfig)
        }
    }
}
