extension Duration {
    /// As the wire has it: whole milliseconds, fractions rounded up, within the range of the type.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        // Rounds towards zero, which is up for what is negative.
        let part = attoseconds / 1_000_000_000_000_000
        let isUp = attoseconds > part * 1_000_000_000_000_000
        let (sum, overflows) = whole.addingReportingOverflow(part + (isUp ? 1 : 0))
        return overflows ? (whole < 0 ? .min : .max) : sum
    }
}

extension LeaseExtension {
    public init(lease: LeaseReference, timeout: Duration) {
        self.init(lease: lease, timeout: timeout.milliseconds)
    }
}

extension LeaseAbort {
    public init(lease: LeaseReference, delay: Duration?) {
        self.init(lease: lease, delay: delay?.milliseconds)
    }
}
