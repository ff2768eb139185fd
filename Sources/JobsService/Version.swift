/// The version of this release.
enum Version {
    static let current = "1.0.0"
}
