import Jobs

extension JSONLiteral {
    /// A reference to one of ``JSONLiteral/schemas``.
    package static func reference(_ name: String) -> JSONLiteral {
        ["$ref": "#/components/schemas/\(name)"]
    }

    /// The JSON Schemas of the parts of answers.
    static let schemas: JSONLiteral =
        [
            "Job": job, "StartedJob": startedJob, "PartOfJob": partOfJob, "JobPage": page,
            "ReplayedJobs": replayed,
            "ErrorGroups": errors, "Type": type, "TypePage": typePage, "Summary": summary,
            "Explanation": explanation,
            "Error": failure,
            "Status": status,
        ] + scheduleSchemas + operationSchemas

    static let date: JSONLiteral = ["type": "string", "format": "date-time"]

    private static let shown = Job.fields.filter { $0.audience != .store }

    private static let job: JSONLiteral = [
        "type": "object",
        "required": .array(shown.filter(\.isRequired).map { .string($0.name) }),
        "properties": .object(shown.map { ($0.name, $0.schema) }) + [
            "state": [
                "type": "string",
                "description": .string(
                    "Missing unless details was true. One of "
                        + JobState.allCases.map(\.rawValue).joined(separator: ", ")
                        + "; later versions may have more."),
            ]
        ],
    ]

    private static let startedJob: JSONLiteral = [
        "allOf": [
            reference("Job"),
            [
                "type": "object", "required": ["lock_token"],
                "properties": [
                    "lock_token": [
                        "type": "string",
                        "description":
                            "Proves that the caller holds the lease. Each start returns a new one.",
                    ]
                ],
            ],
        ]
    ]

    private static let partOfJob: JSONLiteral = [
        "type": "object", "required": ["id"],
        "description": "A job with those of its members that fields names, and its id.",
        "properties": ["id": ["type": "string"]],
    ]

    private static let page: JSONLiteral = [
        "type": "object", "required": ["data", "total"],
        "properties": [
            "data": [
                "type": "array",
                "items": ["anyOf": [reference("Job"), reference("PartOfJob")]],
            ],
            "total": [
                "type": ["integer", "null"],
                "description": "The number of all matching jobs, if paging.total was true.",
            ],
        ],
    ]

    private static let replayed: JSONLiteral = [
        "type": "object", "required": ["count", "data", "skipped"],
        "properties": [
            "count": ["type": "integer", "description": "The number of replayed jobs."],
            "data": [
                "type": "array", "items": ["type": "string"],
                "description": "The ids of the replayed jobs.",
            ],
            "skipped": [
                "type": "integer",
                "description":
                    "The number of jobs that are unique and whose type and ref_id another job has by now.",
            ],
        ],
    ]

    private static let errors: JSONLiteral = [
        "type": "object", "required": ["data", "truncated"],
        "properties": [
            "data": ["type": "array", "items": ErrorGroup.kind.schema(isNullable: false)],
            "truncated": [
                "type": "boolean", "description": "Whether there are more groups than these.",
            ],
            "as_of": asOf,
        ],
    ]

    private static let failure: JSONLiteral = [
        "type": "object",
        "required": [
            "type", "category", "status", "code", "message", "details", "correlation_id", "cause",
            "stack_trace",
        ],
        "properties": [
            "type": ["type": "null"],
            "category": [
                "type": "string",
                "enum": [
                    "BadRequest", "NotFound", "Conflict", "InvalidState", "NoResponse",
                    "FailedInvocation",
                ],
            ],
            "status": ["type": "integer", "description": "As the HTTP status."],
            "code": [
                "type": "string",
                "description": "The error for programs, such as INVALID_DATA or LOCK_LOST.",
            ],
            "message": ["type": "string", "description": "The error for people."],
            "details": [
                "type": ["object", "null"], "additionalProperties": ["type": "string"],
            ],
            "correlation_id": ["type": ["string", "null"], "description": "The caller's."],
            "cause": ["type": "null"],
            "stack_trace": ["type": "null"],
        ],
    ]

    private static let status: JSONLiteral = [
        "type": "object",
        "required": [
            "id", "name", "description", "start_time", "current_time", "uptime", "properties",
            "components", "version",
        ],
        "properties": [
            "id": ["type": "string", "description": "The id of the instance."],
            "name": ["type": "string"],
            "description": ["type": "string"],
            "start_time": date,
            "current_time": date,
            "uptime": ["type": "integer", "description": "In milliseconds."],
            "properties": ["type": "object", "additionalProperties": ["type": "string"]],
            "components": ["type": "array", "items": ["type": "string"]],
            "version": ["type": "string", "description": "The version of the service."],
        ],
    ]
}

extension WireField {
    /// The JSON Schema of the field.
    var schema: JSONLiteral {
        let schema = kind.schema(isNullable: isRequired && isNullable)
        var text = note
        if audience == .details { text += " Missing unless details was true." }
        return text.isEmpty ? schema : schema + ["description": .string(text)]
    }
}

extension WireMember {
    /// The JSON Schema of a member of an object in an answer.
    fileprivate var schema: JSONLiteral {
        let schema = kind.schema(isNullable: isRequired && isNullable)
        return note.isEmpty ? schema : schema + ["description": .string(note)]
    }
}

extension WireKind {
    fileprivate func schema(isNullable: Bool) -> JSONLiteral {
        let type = { (name: String) -> JSONLiteral in
            isNullable ? [.string(name), "null"] : .string(name)
        }
        return switch self {
        // Later versions may have more names.
        case .text, .name, .choice: ["type": type("string")]
        case .date: ["type": type("string"), "format": "date-time"]
        case .integer(let range) where range.lowerBound > .min:
            ["type": type("integer"), "minimum": .integer(range.lowerBound)]
        case .integer: ["type": type("integer")]
        case .number: ["type": type("number")]
        case .boolean: ["type": type("boolean")]
        case .json: [:]
        case .object(let members):
            ["type": type("object")] + members.required
                + ["properties": .object(members.map { ($0.name, $0.schema) })]
        case .list(let members):
            ["type": type("array"), "items": WireKind.object(members).schema(isNullable: false)]
        case .integers:
            ["type": type("array"), "items": WireKind.integer().schema(isNullable: false)]
        }
    }
}

extension [WireMember] {
    /// The part of a schema that names the members that are always there.
    fileprivate var required: JSONLiteral {
        let names = filter(\.isRequired).map { JSONLiteral.string($0.name) }
        return names.isEmpty ? [:] : ["required": .array(names)]
    }
}

extension Command.Shape {
    var schema: JSONLiteral {
        switch self {
        case .nothing: ["type": "null"]
        case .job: .reference("Job")
        case .started: .reference("StartedJob")
        case .page: .reference("JobPage")
        case .replayed: .reference("ReplayedJobs")
        case .errors: .reference("ErrorGroups")
        case .types: .reference("TypePage")
        case .type: .reference("Type")
        case .explanation: .reference("Explanation")
        case .operation: .reference("Operation")
        case .operations: .reference("OperationList")
        case .audit: .reference("AuditList")
        case .failure: .reference("Error")
        case .schedule: .reference("Schedule")
        case .schedulePage: .reference("SchedulePage")
        case .items(let shapes):
            [
                "type": "object", "required": ["data"],
                "properties": [
                    "data": ["type": "array", "items": ["anyOf": .array(shapes.map(\.schema))]]
                ],
            ]
        }
    }
}
