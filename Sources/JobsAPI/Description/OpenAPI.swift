/// The title and the version of the API in its description.
public struct APIInfo: Sendable, Equatable {
    public var title: String
    public var description: String

    public init(title: String, description: String) {
        self.title = title
        self.description = description
    }
}

extension JSONLiteral {
    /// An OpenAPI 3.1 document.
    package static func openAPI(_ info: APIInfo, _ operations: [Operation]) -> JSONLiteral {
        [
            "openapi": "3.1.0",
            "info": [
                "title": .string(info.title), "description": .string(info.description),
                "version": "1",
            ],
            "tags": .array(
                Operation.Group.allCases.filter { group in
                    operations.contains { $0.group == group }
                }.map { ["name": .string($0.rawValue)] }),
            "paths": .object(
                operations.map { operation in
                    let method = operation.method.rawValue.lowercased()
                    return (operation.path, .object([(method, operation.openAPI)]))
                }),
            "components": [
                "parameters": ["correlation_id": correlationID, "traceparent": traceparent],
                "schemas": schemas,
            ]
                + (operations.contains { $0.scope != nil } ? securitySchemes : [:]),
        ]
    }

    private static let securitySchemes: JSONLiteral = [
        "securitySchemes": [
            "bearer": [
                "type": "http", "scheme": "bearer",
                "description": .string("An API key, or a token (JWT). Its scopes: \(scopes)"),
            ],
            "apiKey": [
                "type": "apiKey", "in": "header", "name": "X-Api-Key",
                "description": "An API key, or a token (JWT).",
            ],
        ]
    ]

    private static let scopes = AccessScope.allCases.map { "\($0.rawValue): \($0.note)" }
        .joined(separator: " ")

    private static let traceparent: JSONLiteral = [
        "name": "traceparent", "in": "header", "schema": ["type": "string"],
        "description":
            "A W3C trace context, which is kept for the workers of jobs that are added without their own.",
    ]

    private static let correlationID: JSONLiteral = [
        "name": "correlation_id", "in": "query", "schema": ["type": "string"],
        "description":
            "Is returned in errors and written to the service's log. Can also be sent as a header.",
    ]
}

extension Operation {
    fileprivate var openAPI: JSONLiteral {
        let what: JSONLiteral = [
            "operationId": .string(name), "summary": .string(summary),
            "tags": [.string(group.rawValue)],
        ]
        var responses: JSONLiteral = [
            "responses": .object(answers.map { ("\($0.status)", $0.openAPI) })
        ]
        if let scope {
            let scopes: JSONLiteral = [.string(scope.rawValue)]
            responses = responses + ["security": [["bearer": scopes], ["apiKey": scopes]]]
        }
        guard let arguments else { return what + responses }
        let parameters = ["correlation_id"] + (takesTraceContext ? ["traceparent"] : [])
        let references = parameters.map { name -> JSONLiteral in
            ["$ref": "#/components/parameters/\(name)"]
        }
        return what + ["parameters": .array(references)]
            + [
                "requestBody": arguments.openAPI(
                    needsOneOf: needsOneOf, isExclusive: excludesOthers)
            ] + responses
    }
}

extension [Argument] {
    /// The request body. It is required only if an argument is; otherwise null is valid too. Operations
    /// without arguments refuse any.
    /// - Parameters:
    ///   - names: The optional arguments of which at least one is needed.
    ///   - isExclusive: Whether no more than one of them may be there.
    fileprivate func openAPI(needsOneOf names: [String], isExclusive: Bool) -> JSONLiteral {
        let isRequired = contains(where: \.isRequired) || !names.isEmpty
        var members = schema.members
        if !isRequired { members[0].value = ["object", "null"] }
        if isEmpty { members.append(("additionalProperties", false)) }
        if !names.isEmpty {
            members.append((isExclusive ? "oneOf" : "anyOf", .array(names.map(Self.present))))
        }
        return [
            "required": .boolean(isRequired),
            "content": [
                "application/json": ["schema": .object(members), "example": example]
            ],
        ]
    }
}

extension [Argument] {
    /// An object that has this member, and not as null.
    private static func present(_ name: String) -> JSONLiteral {
        let isNotNull: JSONLiteral = ["not": ["type": "null"]]
        return ["required": [.string(name)], "properties": .object([(name, isNotNull)])]
    }
}

extension Operation.Described {
    fileprivate var openAPI: JSONLiteral {
        let what: JSONLiteral = ["description": .string(text)]
        guard let schema else { return what }
        let content: JSONLiteral = ["schema": schema]
        return what + ["content": .object([(mediaType, content)])]
    }
}
