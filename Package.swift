// swift-tools-version: 6.2
import PackageDescription

// Arrows point down only. The build checks them: scripts pass
// `--explicit-target-dependency-import-check error`.

// Warnings are errors where JOBS_STRICT is set, as scripts/test does: a new release of a dependency or of the
// compiler must not break the build of a package that depends on this one.
let isStrict = Context.environment["JOBS_STRICT"] != nil

let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let hummingbirdCore: Target.Dependency = .product(
    name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let metricsTestKit: Target.Dependency = .product(
    name: "MetricsTestKit", package: "swift-metrics")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(
    name: "AsyncHTTPClient", package: "async-http-client")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "jobs",
    // The first systems with Mutex.
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .executable(name: "jobs", targets: ["JobsService"]),
        .library(name: "JobsClient", targets: ["JobsClient"]),
    ],
    dependencies: [
        .package(
            url: "https://github.com/hummingbird-project/hummingbird.git",
            .upToNextMinor(from: "2.28.1"),
            traits: []),
        .package(
            url: "https://github.com/hummingbird-project/swift-mustache.git",
            .upToNextMinor(from: "2.1.1")),
        .package(url: "https://github.com/jpsim/Yams.git", .upToNextMinor(from: "6.2.2")),
        .package(url: "https://github.com/vapor/jwt-kit.git", .upToNextMinor(from: "5.7.1")),
        .package(
            url: "https://github.com/apple/swift-argument-parser.git", .upToNextMinor(from: "1.8.2")
        ),
        .package(url: "https://github.com/apple/swift-asn1.git", .upToNextMinor(from: "1.7.4")),
        .package(
            url: "https://github.com/apple/swift-certificates.git", .upToNextMinor(from: "1.21.1")),
        .package(
            url: "https://github.com/apple/swift-collections.git", .upToNextMinor(from: "1.6.0")),
        .package(url: "https://github.com/apple/swift-crypto.git", .upToNextMinor(from: "4.5.2")),
        .package(
            url: "https://github.com/apple/swift-http-types.git", .upToNextMinor(from: "1.8.0")),
        .package(url: "https://github.com/apple/swift-log.git", .upToNextMinor(from: "1.16.2")),
        .package(url: "https://github.com/apple/swift-metrics.git", .upToNextMinor(from: "2.13.0")),
        .package(url: "https://github.com/apple/swift-nio.git", .upToNextMinor(from: "2.101.2")),
        .package(
            url: "https://github.com/apple/swift-nio-extras.git", .upToNextMinor(from: "1.35.2")),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", .upToNextMinor(from: "2.37.6")),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle.git",
            .upToNextMinor(from: "2.13.0")),
        .package(url: "https://github.com/apple/swift-system.git", .upToNextMinor(from: "1.8.1")),
        .package(
            url: "https://github.com/swift-server/async-http-client.git",
            .upToNextMinor(from: "1.37.0")),
    ],
    targets: [
        .target(name: "Platform", swiftSettings: strict),
        .target(name: "JSON", dependencies: [nioCore], swiftSettings: strict),
        .target(name: "Jobs", dependencies: ["JSON", "Platform"], swiftSettings: strict),
        .target(
            name: "JobsEngine", dependencies: ["Jobs", logging, coreMetrics], swiftSettings: strict),
        .target(name: "Prometheus", dependencies: [coreMetrics], swiftSettings: strict),
        .systemLibrary(
            name: "CLibMongoc", pkgConfig: "libmongoc-1.0", providers: [.apt(["libmongoc-dev"])]),
        .target(
            name: "CMongo", dependencies: ["CLibMongoc"],
            cSettings: isStrict ? [.treatAllWarnings(as: .error)] : []),
        .target(name: "BSON", swiftSettings: strict),
        .target(
            name: "Mongo",
            dependencies: [
                "BSON", "CMongo", metrics,
                .product(name: "DequeModule", package: "swift-collections"),
            ], swiftSettings: strict),
        .target(
            name: "JobsMemory", dependencies: ["Jobs", "JSON", "Platform"],
            swiftSettings: strict),
        .target(
            name: "JobsFile",
            dependencies: ["Jobs", "JobsMemory", "JSON", "Platform", nioCore, logging, system],
            swiftSettings: strict),
        .target(
            name: "JobsMongo",
            dependencies: [
                "BSON", "Jobs", "JSON", "Mongo", nioCore, logging, coreMetrics,
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "HTTPEdge",
            dependencies: [
                "CZlib", "JSON", "Platform", hummingbirdCore, httpTypes, logging, metrics, nioCore,
                nioPosix, nioSSL, lifecycle, asn1, x509,
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "JobsAPI", dependencies: ["JobsEngine", "Jobs", "JSON", nioCore],
            swiftSettings: strict),
        .target(
            name: "Dashboard", resources: [.embedInCode("Pages")], swiftSettings: strict),
        .target(
            name: "JobsHTTP",
            dependencies: [
                "Dashboard", "JobsAPI", "JobsEngine",
                "HTTPEdge", "Jobs", "JSON", hummingbirdCore, httpTypes, logging, metrics, nioCore,
                lifecycle, yams, jwtKit, crypto, mustache,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "JobsClient",
            dependencies: [
                "JobsEngine",
                "Jobs", "JSON", "JobsMemory", "Platform", logging, metrics, lifecycle, nioCore,
                nioPosix,
                asyncHTTPClient,
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "JobsCLI",
            dependencies: [
                "HTTPEdge", "JobsAPI", "JobsClient", "JobsHTTP", "JSON", "Platform", nioCore,
                nioPosix,
                nioSSL, argumentParser, asyncHTTPClient,
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "JobsService",
            dependencies: [
                "JobsAPI", "JobsEngine",
                "HTTPEdge", "Jobs", "JobsCLI", "JobsFile", "JobsHTTP", "JobsMemory", "JobsMongo",
                "JSON", "Mongo", "Platform", "Prometheus", logging, metrics, coreMetrics, lifecycle,
                nioCore, nioPosix, argumentParser, yams,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                mustache,
            ],
            resources: [.embedInCode("Default/config.yml")], swiftSettings: strict
        ),
        .executableTarget(
            name: "JobsBench",
            dependencies: [
                "JobsEngine",
                "HTTPEdge", "Jobs", "JobsClient", "JSON", "JobsFile", "JobsHTTP", "JobsMemory",
                logging, lifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                argumentParser,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "JobsPersistenceSuite",
            dependencies: [
                "JobsEngine", "JobsTestSupport", "Jobs", "JSON", "SeededRandom", nioCore, logging,
                metricsTestKit,
            ],
            path: "Tests/JobsPersistenceSuite", swiftSettings: strict),
        .testTarget(
            name: "PrometheusTests", dependencies: ["Prometheus", coreMetrics, metrics],
            swiftSettings: strict),
        .testTarget(
            name: "BSONTests", dependencies: ["BSON", "SeededRandom"], swiftSettings: strict),
        .testTarget(
            name: "MongoTests",
            dependencies: [
                "SeededRandom", "BSON", "Mongo", "MongoTestSupport", coreMetrics, metricsTestKit,
            ],
            swiftSettings: strict),
        .target(
            name: "MongoTestSupport", dependencies: ["Platform"], path: "Tests/MongoTestSupport",
            swiftSettings: strict),
        .target(
            name: "JobsTestSupport", dependencies: ["Jobs", "JSON"], path: "Tests/JobsTestSupport",
            swiftSettings: strict),
        .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: strict),
        .testTarget(
            name: "JSONTests", dependencies: ["SeededRandom", "JSON", nioCore],
            swiftSettings: strict),
        .testTarget(
            name: "JobsTests",
            dependencies: [
                "SeededRandom",
                "Jobs", "JSON", "JobsTestSupport", nioCore, logging, coreMetrics, metricsTestKit,
                .product(name: "InMemoryLogging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "JobsEngineTests",
            dependencies: [
                "Jobs", "JobsEngine", "JobsMemory", "JobsTestSupport", "JSON", "SeededRandom",
                logging, coreMetrics, metricsTestKit,
                .product(name: "InMemoryLogging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "JobsMemoryTests",
            dependencies: [
                "JobsEngine", "SeededRandom",
                "JobsTestSupport", "Jobs", "JobsMemory", "JobsPersistenceSuite", metricsTestKit,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "JobsFileTests",
            dependencies: [
                "JobsEngine", "SeededRandom",
                "JobsTestSupport",
                "JSON", "Jobs", "JobsFile", "JobsMemory", "JobsPersistenceSuite", "Platform",
                nioCore, logging,
                metricsTestKit, system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "JobsMongoTests",
            dependencies: [
                "JobsEngine", "SeededRandom",
                "JobsTestSupport",
                "BSON", "JSON", "Jobs", "JobsMongo", "JobsPersistenceSuite", "Mongo",
                "MongoTestSupport", logging, metricsTestKit,
            ],
            swiftSettings: strict),
        .target(
            name: "HTTPTestSupport", dependencies: [logging], path: "Tests/HTTPTestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "HTTPEdgeTests",
            dependencies: [
                "HTTPEdge", "HTTPTestSupport", "Platform", hummingbirdCore, httpTypes, logging,
                nioCore,
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "JobsAPITests",
            dependencies: ["Jobs", "JobsAPI", "JobsEngine", "JobsMemory", "JSON", nioCore],
            swiftSettings: strict),
        .testTarget(
            name: "JobsHTTPTests",
            dependencies: [
                "Dashboard", "JobsAPI", "JobsEngine", "JobsTestSupport",
                "HTTPEdge", "HTTPTestSupport", "Jobs", "JSON", "JobsMemory", "JobsHTTP", httpTypes,
                nioCore, nioPosix, logging, lifecycle, yams, jwtKit, coreMetrics, metricsTestKit,
                hummingbirdCore,
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                nioSSL,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "ExampleProducer", dependencies: ["JobsClient"], path: "Tests/Examples/Producer",
            swiftSettings: strict),
        .executableTarget(
            name: "ExampleWorker",
            dependencies: [
                "JobsClient", logging, lifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tests/Examples/Worker", swiftSettings: strict),
        .testTarget(
            name: "JobsClientTests",
            dependencies: [
                "JobsAPI", "JobsEngine", "JobsTestSupport",
                "ExampleProducer", "ExampleWorker", "HTTPEdge", "Jobs", "JSON", "JobsMemory",
                "JobsHTTP",
                "JobsClient", logging, lifecycle, nioCore,
                nioPosix, httpTypes,
                hummingbirdCore, coreMetrics,
                .product(name: "InMemoryLogging", package: "swift-log"),
                metricsTestKit,
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "JobsCLITests",
            dependencies: ["JobsCLI", "JobsClient", "JobsTestSupport", argumentParser],
            swiftSettings: strict),
        .testTarget(
            name: "JobsServiceTests",
            dependencies: [
                "JobsAPI", "JobsEngine", "JobsTestSupport",
                "BSON", "HTTPEdge", "JSON", "Jobs", "JobsCLI", "JobsMemory", "JobsHTTP",
                "JobsService",
                "Mongo", "Platform", "Prometheus",
                logging, coreMetrics, lifecycle, nioCore, nioPosix, httpTypes,
                argumentParser,
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
