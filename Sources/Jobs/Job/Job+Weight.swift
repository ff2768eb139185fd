import JSON

extension Job {
    /// The size of the fields whose length the callers decide, in bytes.
    package var weight: Int {
        let plain = (params?.bytes.count ?? 0) + type.utf8.count + refID.utf8.count
        return hasExtras ? plain + extras.weight : plain
    }
}

extension JobExtras {
    fileprivate var weight: Int {
        // Each attempt has two dates and some numbers.
        attempts.reduce(0) { $0 + 160 + ($1.error?.weight ?? 0) } + (error?.weight ?? 0)
            + (progress?.bytes.count ?? 0) + (result?.bytes.count ?? 0)
            + (group?.utf8.count ?? 0) + (worker?.utf8.count ?? 0) + (errorKey?.utf8.count ?? 0)
    }
}

extension AttemptError {
    fileprivate var weight: Int {
        (type?.utf8.count ?? 0) + (message?.utf8.count ?? 0) + (details?.bytes.count ?? 0)
    }
}
