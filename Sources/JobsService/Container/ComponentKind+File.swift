import Foundation
import Jobs
import JobsEngine
import JobsFile
import Logging
import ServiceLifecycle

extension ComponentKind {
    static let file = ComponentKind(
        pattern: "pip-services-jobs:persistence:file:*:1.0",
        keys: ["path", "options.max_page_size"] + WaitingJobsPersistence.Options.keys,
        unusedKeys: ["options.debug"]
    ) { config, _ in
        let path = try config.required("path", .noPath)
        let maxPageSize = try config.count("options.max_page_size", in: 1 ... .max) ?? 1000
        let waiting = try WaitingJobsPersistence.Options(config)
        return .persistence { logger, observer in
            do {
                let store = try await FileJobsPersistence.open(
                    path: path, maxPageSize: maxPageSize, observer: observer, logger: logger)
                return OpenedStore(
                    persistence: store, place: "in the file \(absolute(path))",
                    check: { try await store.check() }, waiting: waiting,
                    census: store,
                    services: [
                        ClosureService {
                            try? await gracefulShutdown()
                            await store.close()
                        }
                    ])
            } catch let error as FileStoreError {
                throw config.error("path", "\(error)", error.code)
            }
        }
    }
}

private func absolute(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
}

extension FileStoreError {
    fileprivate var code: ConfigError.Code {
        switch kind {
        case .unreadable: .readFailed
        case .unwritable: .writeFailed
        case .inUse: .fileInUse
        }
    }
}
