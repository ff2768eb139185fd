import Mongo
import Testing

@Suite struct MongoURITests {
    @Test(
        "options are added only if the URI does not set them",
        arguments: [
            ("mongodb://h", "mongodb://h/?w=majority&appname=a%20b"),
            ("mongodb://h/", "mongodb://h/?w=majority&appname=a%20b"),
            ("mongodb://h/db", "mongodb://h/db?w=majority&appname=a%20b"),
            ("mongodb://h/?", "mongodb://h/?w=majority&appname=a%20b"),
            ("mongodb://u:p@h,i:1/db?W=2", "mongodb://u:p@h,i:1/db?W=2&appname=a%20b"),
            ("mongodb://h/?appName=x&", "mongodb://h/?appName=x&w=majority"),
        ])
    func defaults(text: String, expected: String) throws {
        let uri = try MongoURI(text).withDefaults([("w", "majority"), ("appname", "a b")])

        #expect(uri.text == expected)
    }

    @Test("the database and the options are decoded")
    func parts() throws {
        let uri = try MongoURI("mongodb+srv://u:p%2F@h/my%20db?replicaSet=r%20s&tls&W=1&w=2")

        #expect(uri.database == "my db")
        #expect(uri.hosts == "h")
        #expect(try MongoURI("mongodb://a:1,b:2/d?w=1").hosts == "a:1,b:2")
        #expect(uri[option: "REPLICASET"] == "r s")
        #expect(uri[option: "tls"] == "")
        #expect(uri[option: "w"] == "2")
        #expect(uri[option: "missing"] == nil)
        #expect(try MongoURI("mongodb://h").database == nil)
        #expect(try MongoURI("mongodb://h/?w=1").database == nil)
    }

    @Test(
        "an invalid URI, or unencoded credentials, are refused and not quoted",
        arguments: [
            "", "http://u:secret@h/", "mongodb://", "mongodb:///secret", "u:secret@h",
            "mongodb://u:sec@ret@h/", "mongodb://u:secret/x@h/", "mongodb://u:secret?x@h/",
            "mongodb://u:secret:x@h/", "mongodb://u:secret\0@h/",
        ])
    func refused(text: String) throws {
        let error = try #require(throws: MongoError.self) { try MongoURI(text) }

        #expect(error.kind == .badURI)
        #expect(
            !"\(error)".contains("sec") || text.hasPrefix("u:") || text.hasPrefix("mongodb:///"))
    }

    @Test(
        "credentials are removed from logged text",
        arguments: [
            ("mongodb://user:secret@h:1/db?w=1", "mongodb://***@h:1/db?w=1"),
            (
                "at mongodb://u:s@c@h/ and mongodb+srv://x@i/",
                "at mongodb://***@h/ and mongodb+srv://***@i/"
            ),
            (
                "mongodb://h/?tlsCertificateKeyFilePassword=s3&w=1&authMechanismProperties=T:s",
                "mongodb://h/?tlsCertificateKeyFilePassword=***&w=1&authMechanismProperties=***"
            ),
            ("mail a@b.c, nothing secret", "mail a@b.c, nothing secret"),
        ])
    func redacted(text: String, expected: String) {
        #expect(redactingCredentials(text) == expected)
    }

    @Test("a URI describes itself without its credentials")
    func description() throws {
        #expect(try "\(MongoURI("mongodb://user:secret@h/db"))" == "mongodb://***@h/db")
    }
}
