import Jobs

extension JSONLiteral {
    /// The schema of the data of an event.
    static let summary: JSONLiteral = [
        "type": "object",
        "required": ["every", "overloaded", "available", "instance", "version"],
        "description": """
        The state of the service: the answer of get_types with rates, and how current it is. The rates of \
        the first event of a connection have all minutes, those of later ones only the last.
        """,
        "properties": .object(
            [
                (
                    "time",
                    date + [
                        "description":
                            "The store's time when the numbers were read. Missing if none are known."
                    ]
                ),
                ("age", number("How old the numbers are, in milliseconds.")),
                ("every", number("After how many milliseconds the next event is due.")),
                (
                    "overloaded",
                    truth("Whether the service refuses calls because it is overloaded.")
                ),
                (
                    "available",
                    truth("Whether the store answers. If not, the numbers are the last known ones.")
                ),
                (
                    "error",
                    [
                        "type": "object", "required": ["code", "message"],
                        "description": "Why the store is not available. Missing if it is.",
                        "properties": ["code": ["type": "string"], "message": ["type": "string"]],
                    ]
                ),
                (
                    "instance",
                    ["type": "string", "description": "The id of the instance that sends it."]
                ),
                ("version", ["type": "string", "description": "The version of that instance."]),
                (
                    "instances",
                    number("How many instances use the store. Missing if no numbers are known.")
                ),
            ] + typePage.properties),
    ]

    private static func number(_ note: String) -> JSONLiteral {
        ["type": "integer", "minimum": 0, "description": .string(note)]
    }

    private static func truth(_ note: String) -> JSONLiteral {
        ["type": "boolean", "description": .string(note)]
    }

    /// The properties of the schema of an object.
    private var properties: [(name: String, value: JSONLiteral)] {
        members.first { $0.name == "properties" }?.value.members ?? []
    }
}
