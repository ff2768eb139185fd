/// A configuration that the service does not start with, as one line that names the place of the
/// error.
struct ConfigError: Error, Equatable, CustomStringConvertible {
    /// The path of the configuration file as it was given, followed by the line if that is known.
    var file: String
    /// The descriptor of the invalid component; `nil` if the error concerns the whole file.
    var component: String?
    var key: String?
    var message: String
    var code: Code

    /// The kind of error, with the codes of the original services.
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
