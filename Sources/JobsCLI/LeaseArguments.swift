import ArgumentParser
import JobsClient

/// A job, and the fencing token that proves that the caller holds its lease.
struct LeaseArguments: ParsableArguments {
    @Argument(help: "The job's id.")
    var id: String

    @Option(
        help: ArgumentHelp(
            "The lock token of the lease. Without it the call does not check who holds the lease.",
            valueName: "lock-token"))
    var token: String?

    var lease: LeaseReference {
        LeaseReference(id: JobID(id), lockToken: token.map { LockToken($0) })
    }
}
