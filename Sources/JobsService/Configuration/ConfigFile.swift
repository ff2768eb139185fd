import Foundation

/// The components of a configuration file, in the order of the file.
struct ConfigFile: Sendable {
    /// The path as it was given; every message begins with it.
    let path: String
    private(set) var components: [ComponentConfig]
    /// The warnings about variables that are probably mistakes.
    let warnings: [String]

    /// Reads a file, fills in its variables and parses it.
    /// - Throws: ``ConfigError``
    init(path: String, parameters: [String: String]) throws {
        let bytes: [UInt8]
        do {
            bytes = try contents(ofFile: path)
        } catch {
            throw ConfigError(file: path, "cannot be read: \(error)", .readFailed)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigError(file: path, "is not in UTF-8", .readFailed)
        }
        try self.init(path: path, text: text, parameters: parameters)
    }

    /// - Parameter path: Its extension determines how the rendered text is parsed: as YAML for
    ///   `yml` and `yaml`, as JSON for all others.
    init(path: String, text: String, parameters: [String: String]) throws {
        self.path = path
        let template = ConfigTemplate(text: text)
        let values = TemplateValues(parameters, in: template.text)
        let rendered: String
        do {
            rendered = try template.render(parameters, as: values.placeholders)
            warnings = VariableWarnings.find(try template.variables(), parameters).map {
                "\(path): \($0)"
            }
        } catch let error as TemplateError {
            throw ConfigError(file: "\(path):\(error.line)", error.message, .badTemplate)
        }
        let isYAML = ["yml", "yaml"].contains(URL(filePath: path).pathExtension.lowercased())
        do {
            let node = try isYAML ? ConfigNode(yaml: rendered) : ConfigNode(json: rendered)
            components = try Self.components(of: values.fill(node), path: path)
        } catch let error as SyntaxError {
            throw ConfigError(
                file: "\(path):\(error.line):\(error.column)",
                "is no \(isYAML ? "YAML" : "JSON"): \(values.name(in: error.message))", .badConfig)
        }
        if !template.mentions("HTTP_PORT") { usePort(parameters["HTTP_PORT"]) }
    }

    private static func components(of node: ConfigNode, path: String) throws -> [ComponentConfig] {
        guard case .list(let items) = node else {
            throw ConfigError(file: path, "must be a list of components", .badConfig)
        }
        return try items.enumerated().map { index, item in
            let values = item.flattened
            guard let text = values.last(where: { $0.key == "descriptor" })?.value else {
                throw ConfigError(
                    file: path, "component \(index + 1) has no descriptor", .badConfig)
            }
            guard let descriptor = Descriptor(text) else {
                throw ConfigError(
                    file: path, key: "descriptor", Descriptor.complaint(about: text),
                    .badDescriptor)
            }
            return ComponentConfig(
                file: path, descriptor: descriptor,
                values: values.filter { $0.key != "descriptor" }, emptyKeys: item.emptyKeys)
        }
    }

    /// Applies the variable HTTP_PORT to files of the older service.
    ///
    /// The container images of the older service set HTTP_PORT, but their file has a fixed port
    /// 8080 and does not use the variable. An operator who uses that file and sets the variable
    /// expects the port of the variable.
    private mutating func usePort(_ port: String?) {
        guard let port, !port.isEmpty else { return }
        for index in components.indices
        where components[index].descriptor.matches("*:endpoint:http:*:*")
            && components[index]["connection.port"] == "8080"
        {
            components[index]["connection.port"] = port
        }
    }
}
