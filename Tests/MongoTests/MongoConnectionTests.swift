import Mongo
import Testing

@Suite struct MongoConnectionTests {
    @Test("a URI is used unchanged, and the other keys of the connection are ignored")
    func uri() throws {
        let connection = try MongoConnection(configuration: [
            "connection.uri": "mongodb://h:1/jobs?w=1", "connection.host": "other",
            "connection.port": "2", "connection.database": "another", "connection.replicaSet": "r",
            "credential.username": "u", "credential.password": "p",
        ])

        #expect(connection.uri.text == "mongodb://h:1/jobs?w=1")
        #expect(connection.database == "jobs")
    }

    @Test("a URI without a database uses the drivers' default")
    func uriWithoutDatabase() throws {
        let connection = try MongoConnection(configuration: ["connection.uri": "mongodb://h"])

        #expect(connection.database == "test")
    }

    @Test("host, port and database make a URI")
    func parts() throws {
        let connection = try MongoConnection(configuration: [
            "connection.uri": "", "connection.host": "h", "connection.port": "27017",
            "connection.database": "a b", "collection": "jobs", "options.debug": "true",
        ])

        #expect(connection.uri.text == "mongodb://h:27017/a%20b")
        #expect(connection.database == "a b")
    }

    @Test("several hosts are listed in the order of their numbers")
    func hosts() throws {
        let connection = try MongoConnection(configuration: [
            "connections.10.ip": "::1", "connections.10.port": "3",
            "connections.2.host": "b", "connections.2.port": "2", "connections.2.database": "db",
            "connections.0.host": "a", "connections.0.port": "1",
            "connection.host": "unused", "connection.port": "9",
        ])

        #expect(connection.uri.text == "mongodb://a:1,b:2,[::1]:3/db")
        #expect(connection.database == "db")
    }

    @Test("credentials are encoded, under both of their names")
    func credentials() throws {
        let base = [
            "connection.host": "h", "connection.port": "1", "connection.database": "d",
        ]
        let names = [
            ("credential.username", "credential.password"), ("credential.user", "credential.pass"),
            ("options.auth_user", "options.auth_password"),
        ]
        for (user, password) in names {
            let connection = try MongoConnection(
                configuration: base.merging([user: "ä@b", password: "p:/?#%"]) { $1 })

            #expect(connection.uri.text == "mongodb://%C3%A4%40b:p%3A%2F%3F%23%25@h:1/d")
        }
    }

    @Test("every other key of connection and credential becomes an option of the URI")
    func otherKeys() throws {
        let connection = try MongoConnection(configuration: [
            "connection.host": "h", "connection.port": "1", "connection.database": "d",
            "connection.replicaSet": "r s", "connection.discovery_key": "x",
            "credential.authSource": "admin", "credential.store_key": "y",
            "credential.ssl_ca_file": "/etc/ca.pem", "credential.ssl_crt_file": "/etc/own.pem",
            "connection.a&b": "c",
        ])

        #expect(
            connection.uri.text == "mongodb://h:1/d?a%26b=c&replicaSet=r%20s&authSource=admin"
                + "&tlsCAFile=/etc/ca.pem&tlsCertificateKeyFile=/etc/own.pem")
    }

    @Test("options become options of the URI unless it sets them")
    func options() throws {
        let connection = try MongoConnection(configuration: [
            "connection.uri": "mongodb://h/?maxPoolSize=5&ssl=true",
            "options.max_pool_size": "7", "options.connect_timeout": "100",
            "options.socket_timeout": "200", "options.replica_set": "r",
            "options.auth_source": "admin", "options.ssl": "true", "options.keep_alive": "1",
        ])

        #expect(
            connection.uri.text == "mongodb://h/?maxPoolSize=5&ssl=true&connectTimeoutMS=100"
                + "&socketTimeoutMS=200&replicaSet=r&authSource=admin")
    }

    @Test("a missing setting is named")
    func missing() {
        let complete = [
            "connection.host": "h", "connection.port": "1", "connection.database": "d",
        ]
        let mistakes: [(String, MongoConnection.Mistake)] = [
            ("connection.host", .noHost), ("connection.port", .noPort),
            ("connection.database", .noDatabase),
        ]
        for (key, mistake) in mistakes {
            #expect(throws: mistake) {
                try MongoConnection(configuration: complete.filter { $0.key != key })
            }
        }
        #expect(throws: MongoConnection.Mistake.noPort) {
            try MongoConnection(configuration: complete.merging(["connection.port": "0"]) { $1 })
        }
        #expect(throws: MongoConnection.Mistake.noHost) { try MongoConnection(configuration: [:]) }
    }

    @Test(
        "an option with an invalid value is named",
        arguments: [
            ("options.max_pool_size", "0"), ("options.max_pool_size", "many"),
            ("options.connect_timeout", "-1"), ("options.socket_timeout", "0"),
            ("options.ssl", "perhaps"),
        ])
    func badOption(key: String, value: String) {
        #expect(throws: MongoConnection.Mistake.badOption(key: key)) {
            try MongoConnection(configuration: ["connection.uri": "mongodb://h", key: value])
        }
    }
}
