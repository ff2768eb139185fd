import Jobs

extension JSONLiteral {
    /// The JSON Schemas of bulk operations and of the audit in answers.
    static let operationSchemas: JSONLiteral = [
        "Operation": object(BulkOperation.shownFields), "OperationList": list("Operation"),
        "AuditEntry": object(AuditEntry.fields), "AuditList": list("AuditEntry"),
    ]

    private static func object<Root>(_ fields: [WireField<Root>]) -> JSONLiteral {
        [
            "type": "object",
            "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
            "properties": .object(fields.map { ($0.name, $0.schema) }),
        ]
    }

    private static func list(_ name: String) -> JSONLiteral {
        [
            "type": "object", "required": ["data"],
            "properties": ["data": ["type": "array", "items": reference(name)]],
        ]
    }
}
