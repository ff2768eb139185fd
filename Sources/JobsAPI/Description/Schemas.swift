import Jobs

extension JSONLiteral {
    /// A reference to one of ``JSONLiteral/schemas``.
    package static func reference(_ name: String) -> JSONLiteral {
        ["$ref": "#/components/schemas/\(name)"]
    }

    /// The JSON Schemas of the parts of answers.
    static let schemas: JSONLiteral = [
        "Job": job, "StartedJob": startedJob, "JobPage": page, "Error": failure,
        "Status": status,
    ]

    private static let date: JSONLiteral = ["type": "string", "format": "date-time"]

    private static let job: JSONLiteral = [
        "type": "object",
        "required": .array(Job.fields.filter(\.isRequired).map { .string($0.name) }),
        "properties": .object(Job.fields.map { ($0.name, $0.schema) }) + [
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

    private static let page: JSONLiteral = [
        "type": "object", "required": ["data", "total"],
        "properties": [
            "data": ["type": "array", "items": reference("Job")],
            "total": [
                "type": ["integer", "null"],
                "description": "The number of all matching jobs, if paging.total was true.",
            ],
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
            "components",
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
        ],
    ]
}

extension WireField<Job> {
    /// The JSON Schema of the field.
    fileprivate var schema: JSONLiteral {
        let schema: JSONLiteral =
            switch kind {
            case .text: ["type": type("string")]
            case .date: ["type": type("string"), "format": "date-time"]
            case .integer(let range) where range.lowerBound > .min:
                ["type": type("integer"), "minimum": .integer(range.lowerBound)]
            case .integer: ["type": type("integer")]
            case .boolean: ["type": type("boolean")]
            case .json: [:]
            }
        return note.isEmpty ? schema : schema + ["description": .string(note)]
    }

    private func type(_ name: String) -> JSONLiteral {
        isRequired && isNullable ? [.string(name), "null"] : .string(name)
    }
}

extension Command.Shape {
    var schema: JSONLiteral {
        switch self {
        case .nothing: ["type": "null"]
        case .job: .reference("Job")
        case .started: .reference("StartedJob")
        case .page: .reference("JobPage")
        case .failure: .reference("Error")
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
