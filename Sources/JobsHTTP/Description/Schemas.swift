import Jobs

extension JSONLiteral {
    /// One of ``JSONLiteral/schemas``.
    static func reference(_ name: String) -> JSONLiteral {
        ["$ref": "#/components/schemas/\(name)"]
    }

    /// What answers are made of, in JSON Schema.
    static let schemas: JSONLiteral = [
        "Job": job, "StartedJob": startedJob, "JobPage": page, "Error": failure,
        "Status": status,
    ]

    private static let date: JSONLiteral = ["type": "string", "format": "date-time"]

    private static func date(_ text: String) -> JSONLiteral {
        ["type": ["string", "null"], "format": "date-time", "description": .string(text)]
    }

    private static let job: JSONLiteral = [
        "type": "object",
        "required": [
            "id", "type", "ref_id", "params", "created", "started", "locked_until",
            "execute_until", "completed", "retries",
        ],
        "properties": [
            "id": ["type": "string"],
            "type": ["type": "string", "description": "What kind of work it is."],
            "ref_id": [
                "type": "string", "description": "What the job is about, in the producer's terms.",
            ],
            "params": ["description": "The producer's own data: any JSON value."],
            "created": date,
            "started": date("When the lease began; null if there is none."),
            "locked_until": date("When the lease ends, or ended."),
            "execute_until": date("The job is not started from then on; null: no limit."),
            "completed": date("When the job was completed; null if it was not."),
            "retries": [
                "type": "integer", "minimum": 0, "description": "How often the job was started.",
            ],
            "priority": [
                "type": "integer", "description": "Higher goes first. Missing where it is 0.",
            ],
            "delayed_until": date
                + [
                    "description":
                        "Nobody gets the job by its type before. Missing where there was no delay."
                ],
            "state": [
                "type": "string",
                "description": .string(
                    "Missing where details was not true. One of "
                        + JobState.allCases.map(\.rawValue).joined(separator: ", ")
                        + "; later versions may have more."),
            ],
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
                            "Shows whose lease it is. Told here only, and new with every start.",
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
                "description": "How many jobs match in all, if paging.total asked for it.",
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
                "description": "What it is for programs, such as INVALID_DATA or LOCK_LOST.",
            ],
            "message": ["type": "string", "description": "What it is for people."],
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
            "id": ["type": "string", "description": "Of the instance."],
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
