import Foundation

/// The bytes of a file.
/// - Throws: ``UnreadableFile``
func contents(ofFile path: String) throws -> [UInt8] {
    do {
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    } catch {
        let cause = (error as? CocoaError)?.underlying as? POSIXError
        throw UnreadableFile(
            reason: cause.map { String(cString: strerror($0.code.rawValue)) }
                ?? error.localizedDescription)
    }
}

/// The reason why a file could not be read, in the words of the system and without the file's name.
struct UnreadableFile: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}
