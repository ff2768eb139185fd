import Jobs

extension JSONLiteral {
    /// The JSON Schemas of schedules in answers.
    static let scheduleSchemas: JSONLiteral = ["Schedule": schedule, "SchedulePage": page]

    private static let fields = Schedule.shownFields

    private static let schedule: JSONLiteral = [
        "type": "object",
        "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
        "properties": .object(fields.map { ($0.name, $0.schema) }),
    ]

    private static let page: JSONLiteral = [
        "type": "object", "required": ["data", "total"],
        "properties": [
            "data": ["type": "array", "items": reference("Schedule")],
            "total": [
                "type": ["integer", "null"],
                "description": "The number of all schedules, if paging.total was true.",
            ],
        ],
    ]
}
