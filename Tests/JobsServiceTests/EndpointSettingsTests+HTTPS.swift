import Foundation
import Testing

@testable import HTTPEdge
@testable import JobsHTTP
@testable import JobsService

/// HTTPS and its files.
extension EndpointSettingsTests {
    @Test("https requires a key and a certificate")
    func https() throws {
        try withTemporaryFiles(["k.pem": Data(), "c.pem": Data()]) { directory in
            let tls = try read([
                "connection.protocol": "https", "credential.ssl_key_file": "\(directory)/k.pem",
                "credential.ssl_crt_file": "\(directory)/c.pem",
            ]).settings.options.tls

            #expect(tls?.keyFile == "\(directory)/k.pem")
            #expect(tls?.certificateFile == "\(directory)/c.pem")
        }
    }

    @Test(
        "clients need a certificate if an authority is configured, or as configured",
        arguments: [
            (false, nil, nil), (false, "none", nil), (true, nil, false), (true, "required", false),
            (true, "Optional", true), (true, "none", nil),
        ] as [(Bool, String?, Bool?)])
    func clientCertificates(hasAuthority: Bool, word: String?, isOptional: Bool?) throws {
        let files = ["k.pem": Data(), "c.pem": Data(), "a.pem": Data()]
        try withTemporaryFiles(files) { directory in
            var values = [
                "connection.protocol": "https", "credential.ssl_key_file": "\(directory)/k.pem",
                "credential.ssl_crt_file": "\(directory)/c.pem",
            ]
            if hasAuthority { values["credential.ssl_ca_file"] = "\(directory)/a.pem" }
            values["credential.ssl_client_auth"] = word
            let clients = try read(values).settings.options.tls?.clients

            #expect(clients?.isOptional == isOptional)
            #expect(clients == nil || clients?.authorityFile == "\(directory)/a.pem")
        }
    }

    @Test(
        "the errors of settings for client certificates name the key",
        arguments: [
            (["credential.ssl_client_auth": "maybe"], "credential.ssl_client_auth"),
            (["credential.ssl_client_auth": "required"], "credential.ssl_ca_file"),
            (["credential.ssl_ca_file": "/none/a.pem"], "credential.ssl_ca_file"),
        ])
    func wrongClientCertificates(values: [String: String], key: String) throws {
        try withTemporaryFiles(["k.pem": Data(), "c.pem": Data()]) { directory in
            let values = values.merging([
                "connection.protocol": "https", "credential.ssl_key_file": "\(directory)/k.pem",
                "credential.ssl_crt_file": "\(directory)/c.pem",
            ]) { $1 }

            let error = #expect(throws: ConfigError.self) { try read(values) }

            #expect(error?.key == key)
        }
    }

    @Test("the error of an unreadable file for https names it")
    func unreadable() throws {
        try withTemporaryFiles(["k.pem": Data()]) { directory in
            let error = #expect(throws: ConfigError.self) {
                try read([
                    "connection.protocol": "https",
                    "credential.ssl_key_file": "\(directory)/k.pem",
                    "credential.ssl_crt_file": "\(directory)/c.pem",
                ])
            }

            #expect(error?.key == "credential.ssl_crt_file")
            #expect(error?.code == .readFailed)
            #expect(
                error?.message == "\(directory)/c.pem cannot be read: No such file or directory")
        }
    }

    @Test("files for https without an effect cause a warning")
    func filesForHTTP() throws {
        let read = try read(["connection.protocol": "http", "credential.ssl_ca_file": "/ca.pem"])

        #expect(read.settings.options.tls == nil)
        #expect(
            read.warnings == [
                "c.yml: pip-services:endpoint:http:default:1.0: credential.ssl_ca_file: "
                    + "has no effect, as connection.protocol is not https"
            ])
    }

    @Test("https without files on an internal network is http, with a warning")
    func internalNetwork() throws {
        let read = try read([
            "connection.protocol": "https", "credential.internal_network": "true",
        ])

        #expect(read.settings.options.tls == nil)
        #expect(
            read.warnings == [
                "c.yml: pip-services:endpoint:http:default:1.0: connection.protocol: "
                    + "https without files is plain http, as credential.internal_network allows"
            ])
    }
}
