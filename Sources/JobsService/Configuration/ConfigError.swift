/// Why the service does not start with this configuration: one line that says where to look.
struct ConfigError: Error, Equatable, CustomStringConvertible {
    /// Of the configuration, as it was given; with the line behind it where that is known.
    var file: String
    /// The descriptor of the component at fault; nil if the whole file is.
    var component: String?
    var key: String?
    var message: String
    var code: Code

    /// What kind of fault it is, in the terms that operators know from the services before this one.
    enum Code: String {
        case badConfig = "BAD_CONFIG"
        case badDescriptor = "BAD_DESCRIPTOR"
        case badTemplate = "BAD_TEMPLATE"
        case cannotConnect = "CANNOT_CONNECT"
        case cannotCreate = "CANNOT_CREATE"
        case connectFailed = "CONNECT_FAILED"
        case fileInUse = "FILE_IN_USE"
        case noCredential = "NO_CREDENTIAL"
        case noDatabase = "NO_DATABASE"
        case noHost = "NO_HOST"
        case noPath = "NO_PATH"
        case noPort = "NO_PORT"
        case noSSLCertificateFile = "NO_SSL_CRT_FILE"
        case noSSLKeyFile = "NO_SSL_KEY_FILE"
        case readFailed = "READ_FAILED"
        case referenceMissing = "REF_ERROR"
        case writeFailed = "WRITE_FAILED"
        case wrongProtocol = "WRONG_PROTOCOL"
    }

    init(
        file: String, component: String? = nil, key: String? = nil, _ message: String, _ code: Code
    ) {
        self.file = file
        self.component = component
        self.key = key
        self.message = message
        self.code = code
    }

    var description: String {
        let place = [file, component, key].compactMap(\.self).joined(separator: ": ")
        return "\(place): \(message) (\(code.rawValue))"
    }
}
