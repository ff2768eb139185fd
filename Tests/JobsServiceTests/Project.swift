import Foundation

/// Where things lie that the tests use as they are shipped.
enum Project {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let configFile = root.appending(path: "config/config.yml").path()
}
