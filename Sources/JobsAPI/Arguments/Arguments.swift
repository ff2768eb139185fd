package import JSON
import Jobs
package import NIOCore

/// The arguments of one call: an object that was validated against the declaration of its command.
package struct Arguments {
    private let values: JSONValue?
    /// The path of the object in the arguments of the request, with a dot at the end; empty for the
    /// outermost object.
    let path: String
    /// The arguments that have no effect.
    package let ignored: IgnoredArguments

    /// Reads and checks all arguments of a call: JSON text, or no text, which is the same as `{}`
    /// and as `null`.
    ///
    /// Arguments without an effect are refused if the caller asks for that. Operations without
    /// arguments always refuse them: they apply to all jobs, and a caller that passes arguments
    /// expects a selection.
    ///
    /// - Parameter isStrict: Whether the caller asked to refuse arguments without effect.
    /// - Throws: ``CommandFailure`` with every mistake.
    package init(_ text: ByteBuffer, for command: Command, isStrict: Bool) throws(CommandFailure) {
        let outline = try Self.outline(of: text, command.selection)
        var values = outline?.root
        if values?.kind == .null { values = nil }
        if let values, values.kind != .object {
            throw .invalidBody(found: values.typeName)
        }
        var check = ArgumentCheck()
        check.check(values, against: command.arguments)
        let ignored = IgnoredArguments(unknown: outline?.skipped ?? .init(), unread: check.unread)
        var violations = check.violations
        if isStrict || command.arguments.isEmpty {
            violations += ignored.violations(of: command)
        } else {
            violations += ignored.violations(inFiltersOf: command)
        }
        if let missing = command.missing(in: values) { violations.append(missing) }
        guard violations.isEmpty else { throw .validation(violations, ignored: ignored) }
        self.init(values, path: "", ignored: ignored)
    }

    private static func outline(of text: ByteBuffer, _ selection: JSONSelection)
        throws(CommandFailure) -> JSONOutline?
    {
        var text = text
        // A byte order mark is not part of the text (RFC 8259, section 8.1).
        if text.readableBytesView.starts(with: [0xEF, 0xBB, 0xBF]) {
            text.moveReaderIndex(forwardBy: 3)
        }
        guard text.readableBytes > 0 else { return nil }
        do {
            return try JSONOutline(text, selecting: selection)
        } catch {
            throw .invalidJSON("\(error)")
        }
    }

    /// Checks an object against a declaration.
    /// - Parameter path: The path of the object, with a dot at the end, for the error.
    /// - Throws: ``CommandFailure`` with every mistake.
    init(_ values: JSONValue?, _ declaration: [Argument], path: String) throws {
        var check = ArgumentCheck()
        check.check(values, against: declaration, path: path)
        guard check.violations.isEmpty else { throw CommandFailure.validation(check.violations) }
        self.init(values, path: path)
    }

    private init(_ values: JSONValue?, path: String, ignored: IgnoredArguments = .init()) {
        self.values = values
        self.path = path
        self.ignored = ignored
    }

    /// The value of an argument; `nil` if it is missing or null.
    package subscript(name: String) -> JSONValue? {
        values?[name].flatMap { $0.kind == .null ? nil : $0 }
    }

    /// Whether an argument is null, where that differs from a missing one.
    package func isNull(_ name: String) -> Bool {
        values?[name]?.kind == .null
    }

    package func object(_ name: String) -> Arguments {
        Arguments(self[name], path: "\(path)\(name).")
    }

    /// The elements of an array, each with its path.
    func items(_ name: String) -> [(path: String, value: JSONValue)] {
        (self[name]?.elements ?? []).enumerated().map { ("\(name).\($0).", $1) }
    }

    /// The value of a required string, whose presence was checked.
    func string(_ name: String) -> String {
        self[name]?.string ?? ""
    }

    /// The strings of an array, whose types were checked.
    func strings(_ name: String) -> [String] {
        self[name]?.elements.compactMap(\.string) ?? []
    }

    /// The value of a required integer, whose presence was checked.
    func integer(_ name: String) -> Int64 {
        self[name]?.integer ?? 0
    }
}

extension Arguments {
    var jobID: JobID { JobID(string("job_id")) }

    var timeout: Int64 { integer("timeout") }

    var delay: Int64? { self["delay"]?.integer }

    var lease: LeaseReference {
        LeaseReference(id: jobID, lockToken: self["lock_token"]?.string.map { LockToken($0) })
    }

    var worker: String? { self["worker"]?.string }

    /// The members of `new_job`.
    var newJob: NewJob {
        var job = NewJob(type: "", refID: "")
        read(NewJob.fields, into: &job)
        return job
    }

    /// The failed attempt that a worker reports. An error without any member counts as missing.
    var failure: Failure {
        var failure = Failure()
        read(Failure.fields, into: &failure)
        if failure.error == AttemptError() { failure.error = nil }
        return failure
    }

    func read<Root>(_ fields: [WireField<Root>], into root: inout Root) {
        for field in fields {
            if let value = self[field.name].flatMap({ field.kind.value($0) }) {
                field.set(&root, value)
            }
        }
    }

    /// The members of `paging`.
    var paging: Paging {
        Paging(
            skip: self["skip"]?.integer.map { Int($0) } ?? 0,
            take: self["take"]?.integer.map { Int($0) },
            wantsTotal: self["total"]?.boolean ?? false,
            after: self["after"]?.string.map { JobID($0) },
            isDescending: self["order"]?.string == "desc")
    }

    /// All members, for maps with arbitrary keys.
    var members: [(name: String, value: JSONValue)] { values?.members ?? [] }
}
