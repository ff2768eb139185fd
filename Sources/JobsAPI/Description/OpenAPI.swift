/// The title and the version of the API in its description.
public struct APIInfo: Sendable, Equatable {
    public var title: String
    public var description: String
    public var version: String

    public init(title: String, description: String, version: String = "1") {
        self.title = title
        self.description = description
        self.version = version
    }
}

extension JSONLiteral {
    /// An OpenAPI 3.1 document.
    package static func openAPI(_ info: APIInfo, _ operations: [Operation]) -> JSONLiteral {
        var names = SchemaNames()
        // Before those of answers, so that callers' own values have the plain names.
        let paths = operations.map { operation in
            let method = operation.method.rawValue.lowercased()
            return (operation.path, JSONLiteral.object([(method, operation.openAPI(&names))]))
        }
        for (name, schema) in schemas.members { names.add(name, schema) }
        let groups = Operation.Group.allCases.filter { group in
            operations.contains { $0.group == group }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": .string(info.title), "description": .string(info.description),
                "version": .string(info.version),
            ],
            "servers": [["url": "/"]],
            "tags": .array(groups.map { ["name": .string($0.rawValue)] }),
            "paths": .object(paths),
            "components": [
                "parameters": ["correlation_id": correlationID, "traceparent": traceparent],
                "schemas": .object(names.components.sorted { $0.name < $1.name }),
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
    fileprivate func openAPI(_ names: inout SchemaNames) -> JSONLiteral {
        let own = SchemaNames.pascalCase(name)
        let what: JSONLiteral = [
            "operationId": .string(name), "summary": .string(summary),
            "tags": [.string(group.rawValue)],
        ]
        var responses: JSONLiteral = [
            "responses": .object(
                answers.map { ("\($0.status)", $0.openAPI(&names, owner: own)) })
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
                    needsOneOf: needsOneOf, isExclusive: excludesOthers, &names, owner: own)
            ] + responses
    }
}

extension [Argument] {
    /// The request body. It is required only if an argument is; otherwise null is valid too.
    /// Operations without arguments refuse any.
    /// - Parameters:
    ///   - names: The optional arguments of which at least one is needed.
    ///   - isExclusive: Whether no more than one of them may be there.
    ///   - schemas: Gets the schema of the body, as a component.
    ///   - owner: The name of the operation there.
    fileprivate func openAPI(
        needsOneOf names: [String], isExclusive: Bool, _ schemas: inout SchemaNames, owner: String
    ) -> JSONLiteral {
        let isRequired = contains(where: \.isRequired) || !names.isEmpty
        var members = schema.members
        if !isRequired { members[0].value = ["object", "null"] }
        if isEmpty { members.append(("additionalProperties", false)) }
        if !names.isEmpty {
            let kinds = JSONLiteral.array(names.map(Self.present))
            // Not not, since generators of clients make a type of each alternative.
            members.append(("not", ["not": .object([(isExclusive ? "oneOf" : "anyOf", kinds)])]))
        }
        let schema = schemas.reference(owner + "Request", .object(members), owner: owner)
        return [
            "required": .boolean(isRequired),
            "content": ["application/json": ["schema": schema, "example": example]],
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
    fileprivate func openAPI(_ names: inout SchemaNames, owner: String) -> JSONLiteral {
        let what: JSONLiteral = ["description": .string(text)]
        guard let schema else { return what }
        let content: JSONLiteral = [
            "schema": names.reference(owner + "Answer", schema, owner: owner)
        ]
        return what + ["content": .object([(mediaType, content)])]
    }
}
