import Foundation

/// The paths of shipped files that the tests use.
enum Project {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let configFile = root.appending(path: "config/config.yml").path()
}
