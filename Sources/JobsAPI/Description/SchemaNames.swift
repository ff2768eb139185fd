/// Gives the parts of schemas names, as components of the OpenAPI document.
///
/// Generators of clients make a type of each component, with its name; for the others they make up
/// names such as `AddJobsBodyNewJobsItemType0`.
struct SchemaNames {
    /// The components so far.
    private(set) var components: [(name: String, value: JSONLiteral)] = []

    /// The names of parts with the same meaning everywhere, by the members that hold them.
    private static let names = [
        "attempts": "Attempt", "backoff": "Backoff", "catch_up": "CatchUp",
        "category": "ErrorCategory", "counts": "JobCounts", "error": "AttemptError",
        "fields": "JobField", "filter": "JobFilter", "limits": "TypeLimits",
        "max_starts": "StartRate", "new_job": "NewJob", "new_jobs": "NewJob", "order": "Order",
        "overlap": "Overlap", "paging": "Paging", "paused": "Pause", "retention": "Retention",
        "retry": "RetryPolicy", "state": "JobState", "workers": "SeenWorker",
        "ErrorGroups.data": "ErrorGroup", "ReplayJobs.filter": "ReplayFilter",
        "Attempt.error": "RecordedError", "Job.error": "RecordedError",
        "ErrorGroupExample.error": "RecordedError", "Job.retry": "JobRetry",
        "Type.retry": "JobRetry", "JobOfSchedule.retry": "JobRetry",
        "SetSchedule.new_job": "ScheduledJob", "Schedule.new_job": "JobOfSchedule",
    ]

    /// The name of a component for an operation, such as `AddJob` for `add_job`.
    static func pascalCase(_ name: String) -> String {
        name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// Adds a component, with its parts as further ones.
    mutating func add(_ name: String, _ schema: JSONLiteral) {
        let parts = namingParts(of: schema, owner: name)
        components.append((name, parts))
    }

    /// A reference to the schema of a body, as a component with that name; a schema without members
    /// is returned as it is.
    mutating func reference(_ name: String, _ schema: JSONLiteral, owner: String) -> JSONLiteral {
        guard schema["$ref"] == nil else { return schema }
        return named(schema, [name], owner: owner)
    }

    /// Replaces the parts of a schema that have names by references.
    private mutating func namingParts(of schema: JSONLiteral, owner: String) -> JSONLiteral {
        .object(
            schema.members.map { name, value in
                switch (name, value) {
                case ("properties", .object(let members)):
                    let members = members.map { member in
                        (member.name, part(member.value, of: owner, member: member.name))
                    }
                    return (name, .object(members))
                case ("allOf", .array(let parts)):
                    return (name, .array(parts.map { namingParts(of: $0, owner: owner) }))
                default: return (name, value)
                }
            })
    }

    private mutating func part(_ schema: JSONLiteral, of owner: String, member: String)
        -> JSONLiteral
    {
        let common = Self.names["\(owner).\(member)"] ?? Self.names[member]
        let own = owner + Self.pascalCase(member)
        if let items = schema["items"] {
            let single = common.map { [$0, own] } ?? [owner + "Item"]
            let named = item(items, single, owner: owner)
            return .object(schema.members.map { $0.name == "items" ? ($0.name, named) : $0 })
        }
        return named(schema, [common, own].compactMap(\.self), owner: owner)
    }

    /// An item of an array, or one of several kinds.
    private mutating func item(_ schema: JSONLiteral, _ names: [String], owner: String)
        -> JSONLiteral
    {
        guard case .array(let kinds)? = schema["anyOf"] else {
            return named(schema, names, owner: owner)
        }
        return ["anyOf": .array(kinds.map { named($0, names, owner: owner) })]
    }

    /// A reference to a schema of an object with members, of a map or of a choice; other schemas
    /// are returned as they are.
    private mutating func named(_ schema: JSONLiteral, _ names: [String], owner: String)
        -> JSONLiteral
    {
        let isMap = if case .object? = schema["additionalProperties"] { true } else { false }
        guard schema["properties"] != nil || schema["enum"] != nil || isMap else { return schema }
        let (inside, outside, isNullable) = schema.split
        // Parts belong to what they are in, and those of a body to its operation.
        let inner = names[0].hasSuffix("Request") ? owner : names[0]
        let name = component(namingParts(of: inside, owner: inner), names)
        let reference = JSONLiteral.reference(name)
        return (isNullable ? ["anyOf": [reference, ["type": "null"]]] : reference) + outside
    }

    /// The first of these names that is free, or that is of an equal component.
    private mutating func component(_ schema: JSONLiteral, _ names: [String]) -> String {
        for name in names {
            guard let known = components.first(where: { $0.name == name }) else {
                components.append((name, schema))
                return name
            }
            if known.value.json == schema.json { return name }
        }
        return component(schema, [names[names.count - 1] + "2"])
    }
}

extension JSONLiteral {
    /// A schema without null, what describes its use in one place, and whether null is valid.
    fileprivate var split: (inside: JSONLiteral, outside: JSONLiteral, isNullable: Bool) {
        var isNullable = false
        var inside: [(name: String, value: JSONLiteral)] = []
        var outside: [(name: String, value: JSONLiteral)] = []
        for (name, value) in members {
            switch (name, value) {
            case ("description", _), ("examples", _): outside.append((name, value))
            case ("type", .array(let types)):
                isNullable = types.count > 1
                inside.append((name, types[0]))
            case ("enum", .array(let values)):
                let texts = values.filter { if case .null = $0 { false } else { true } }
                inside.append((name, .array(texts)))
            default: inside.append((name, value))
            }
        }
        return (.object(inside), .object(outside), isNullable)
    }
}
