import Platform

/// The configuration that is used where there is no file.
extension ConfigFile {
    /// The file that is looked for where no file is given; the same with the extension `yaml` comes
    /// next.
    static let defaultPath = "./config/config.yml"

    private static let builtInPath = "built-in config.yml"

    /// The default file, `config/config.yml` of the project.
    static var builtInText: String { String(decoding: PackageResources.config_yml, as: UTF8.self) }

    /// Whether this is the configuration in the program.
    var isBuiltIn: Bool { path == Self.builtInPath }

    /// Reads `config.yml` or `config.yaml` in a directory. If there is neither, the default file in
    /// the program is used, with a server that only this machine reaches unless HTTP_HOST is set.
    /// - Throws: ``ConfigError``
    init(defaultsFor parameters: [String: String], in directory: String = "./config") throws {
        let paths = ["yml", "yaml"].map { "\(directory)/config.\($0)" }
        if let path = paths.first(where: { !isMissing($0) }) {
            try self.init(path: path, parameters: parameters)
            return
        }
        var parameters = parameters
        if parameters["HTTP_HOST"]?.isEmpty ?? true { parameters["HTTP_HOST"] = "127.0.0.1" }
        try self.init(path: Self.builtInPath, text: Self.builtInText, parameters: parameters)
    }
}

/// Whether a file does not exist, unlike one that cannot be read.
private func isMissing(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 && errno == ENOENT
}
