import Testing

@testable import JobsService

/// The default configuration file, and existing files of older services.
@Suite struct ShippedFilesTests {
    private func file(
        _ original: OriginalFile, _ parameters: [String: String] = [:]
    ) throws -> ConfigFile {
        try ConfigFile(path: "config.yml", text: original.text, parameters: parameters)
    }

    @Test("the file for mustache renders as intended")
    func mustacheFile() throws {
        let none = try file(.mustache)
        let mongo = try file(
            .mustache,
            [
                "MONGO_ENABLED": "true", "MONGO_SERVICE_URI": "mongodb://h/d?replicaSet=r&w=1",
                "HTTP_PORT": "8090",
            ])

        #expect(none.stores == ["memory"])
        #expect(mongo.stores == ["mongodb"])
        let store = try #require(mongo.components.first { "\($0.descriptor)".contains("mongodb") })
        #expect(store["connection.uri"] == "mongodb://h/d?replicaSet=r&w=1")
        #expect(store["connection.host"] == "localhost")
        #expect(store["connection.port"] == "27017")
        #expect(store["connection.database"] == "app")
        #expect(store["collection"] == "jobs")
        #expect(store["credential.username"] == nil)
        #expect(mongo.port == "8090")
        #expect(none.port == "8080")
    }

    @Test("the file for handlebars renders as intended")
    func handlebarsFile() throws {
        let none = try file(.handlebars)
        let both = try file(
            .handlebars,
            ["FILE_ENABLED": "1", "MONGO_ENABLED": "1", "MONGO_DB": "db", "HTTP_PORT": "8090"])

        #expect(none.stores == ["memory"])
        #expect(none.port == "8080")
        #expect(both.stores == ["file", "mongodb"])
        #expect(both.port == "8090")
        #expect(both.components.compactMap { $0["path"] } == ["./data/jobs.json"])
        #expect(both.components.compactMap { $0["connection.database"] } == ["db"])
        #expect(both.components.compactMap { $0["connection.uri"] } == [])
    }

    @Test(
        "the default file selects the enabled store",
        arguments: [
            ([:], ["memory"]), (["MEMORY_ENABLED": "1"], ["memory"]),
            (["FILE_ENABLED": "1"], ["file"]), (["MONGO_ENABLED": "1"], ["mongodb"]),
            (["FILE_ENABLED": "1", "MONGO_ENABLED": "1"], ["file", "mongodb"]),
            (["FILE_ENABLED": "false", "MONGO_ENABLED": "0"], ["memory"]),
            (
                ["FILE_ENABLED": "No", "MONGO_ENABLED": "true", "MEMORY_ENABLED": "off"],
                ["mongodb"]
            ),
        ])
    func ownFile(parameters: [String: String], stores: [String]) throws {
        let file = try ConfigFile(path: Project.configFile, parameters: parameters)

        #expect(file.stores == stores)
        #expect(file.port == "8080")
    }

    @Test("in an older file any value enables a store, with a warning if it says no")
    func originalSwitches() throws {
        for original in OriginalFile.allCases {
            let file = try file(original, ["MONGO_ENABLED": "false"])

            #expect(file.stores == ["mongodb"])
            #expect(
                file.warnings == [
                    "config.yml: MONGO_ENABLED says no, but counts as yes in this file because it is set"
                ])
        }
    }

    @Test("the default file uses all its variables")
    func ownFileVariables() throws {
        let file = try ConfigFile(
            path: Project.configFile,
            parameters: [
                "FILE_ENABLED": "1", "FILE_PATH": "/data/j.json", "MONGO_ENABLED": "1",
                "MONGO_COLLECTION": "c", "MONGO_SERVICE_URI": "mongodb://u", "MONGO_DB": "d",
                "MONGO_SERVICE_HOST": "h", "MONGO_SERVICE_PORT": "1", "MONGO_USER": "@me",
                "MONGO_PASS": "0#: 1", "HTTP_PORT": "9000",
            ])
        let values = file.components.filter { "\($0.descriptor)".contains(":persistence:") }
            .map { component in component.keys.map { "\($0)=\(component[$0] ?? "")" } }

        #expect(
            values == [
                ["path=/data/j.json"],
                [
                    "collection=c", "connection.uri=mongodb://u", "connection.host=h",
                    "connection.port=1", "connection.database=d", "credential.username=@me",
                    "credential.password=0#: 1",
                ],
            ])
        #expect(file.port == "9000")
    }
}

extension ConfigFile {
    /// The kinds of stores in the file.
    fileprivate var stores: [String] {
        components.map { "\($0.descriptor)".split(separator: ":") }
            .filter { $0[1] == "persistence" }.map { String($0[2]) }
    }

    fileprivate var port: String? {
        components.first { $0.descriptor.matches("*:endpoint:http:*:*") }?["connection.port"]
    }
}
