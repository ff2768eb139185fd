import Jobs

extension JSONLiteral {
    /// The schema of a row of `get_types`.
    static let type: JSONLiteral = [
        "type": "object",
        "required": .array(
            TypeStatus.fields.filter(\.isRequired).map { .string($0.name) }),
        "properties": .object(TypeStatus.fields.map { ($0.name, $0.schema) }),
    ]

    static let typePage: JSONLiteral = [
        "type": "object", "required": ["data"],
        "properties": [
            "data": ["type": "array", "items": reference("Type")],
            "total": [
                "type": "integer",
                "description":
                    "The number of all matching types. Missing unless paging.total was true.",
            ],
            "paused": pauseOfAllTypes,
            "other_rates": otherRates,
            "rates_since": date + [
                "description":
                    "Since when jobs are counted for the rates. Missing unless rates was true."
            ],
            "as_of": asOf,
        ],
    ]

    /// Where an answer may be that of an earlier call.
    static let asOf =
        date + [
            "description": """
            When these numbers were read, if that was before the call: reading them takes long.
            """
        ]

    private static let otherRates: JSONLiteral = {
        let schema = TypeStatus.fields.first { $0.name == "rates" }?.schema ?? [:]
        let what: JSONLiteral = [
            "description": """
            The rates of the types beyond the first hundred, together. Missing unless rates was true, \
            and without any.
            """
        ]
        return .object(schema.members.filter { $0.name != "description" }) + what
    }()

    private static let pauseOfAllTypes: JSONLiteral = {
        let schema = TypeStatus.fields.first { $0.name == "paused" }?.schema ?? [:]
        let what: JSONLiteral = [
            "description": "The pause of all types. Missing if there is none."
        ]
        return .object(schema.members.filter { $0.name != "description" }) + what
    }()

    static let explanation: JSONLiteral = [
        "type": "object", "required": ["job", "state", "code", "message", "details"],
        "properties": [
            "job": reference("Job"),
            "state": ["type": "string", "description": "The state of the job."],
            "code": [
                "type": "string",
                "description": .string(
                    "The reason for programs. One of "
                        + JobExplanation.Code.known.map(\.rawValue).joined(separator: ", ")
                        + "; later versions may have more."),
            ],
            "message": ["type": "string", "description": "The reason for people."],
            "since": date + ["description": "When this became so. Missing if not known."],
            "until": date + ["description": "When this ends by itself. Missing if not known."],
            "details": [
                "type": "object",
                "description": "Numbers and names that belong to the reason.",
            ],
        ],
    ]
}
