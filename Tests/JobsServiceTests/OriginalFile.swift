/// Existing configuration files of operators, one for each template engine.
enum OriginalFile: CaseIterable {
    case mustache, handlebars

    var text: String {
        switch self {
        case .mustache: Self.mustacheText
        case .handlebars: Self.handlebarsText
        }
    }

    /// Mustache sections, with the mistake `{{#^X}}` and a fixed port.
    private static let mustacheText = """
        ---
        # Container information
        - descriptor: "pip-services:context-info:default:default:1.0"
          name: "jobs"
          description: "Jobs orchestration microservice"

        - descriptor: "pip-services:logger:console:default:1.0"
          level: "trace"

        - descriptor: "pip-services:counters:log:default:1.0"
          level: "trace"

        {{#MEMORY_ENABLED}}
        - descriptor: "pip-services-jobs:persistence:memory:default:1.0"
        {{/MEMORY_ENABLED}}

        {{#FILE_ENABLED}}
        - descriptor: "pip-services-jobs:persistence:file:default:1.0"
          path: {{FILE_PATH}}{{^FILE_PATH}}"./data/jobs.json"{{/FILE_PATH}}
        {{/FILE_ENABLED}}

        {{#MONGO_ENABLED}}
        - descriptor: "pip-services-jobs:persistence:mongodb:default:1.0"
          collection: {{MONGO_COLLECTION}}{{^MONGO_COLLECTION}}jobs{{/MONGO_COLLECTION}}
          connection:
            uri: {{{MONGO_SERVICE_URI}}}
            host: {{{MONGO_SERVICE_HOST}}}{{^MONGO_SERVICE_HOST}}localhost{{/MONGO_SERVICE_HOST}}
            port: {{MONGO_SERVICE_PORT}}{{^MONGO_SERVICE_PORT}}27017{{/MONGO_SERVICE_PORT}}
            database: {{MONGO_DB}}{{#^MONGO_DB}}app{{/^MONGO_DB}}
          credential:
            username: {{MONGO_USER}}
            password: {{MONGO_PASS}}
        {{/MONGO_ENABLED}}

        {{^MEMORY_ENABLED}}{{^FILE_ENABLED}}{{^MONGO_ENABLED}}
        - descriptor: "pip-services-jobs:persistence:memory:default:1.0"
        {{/MONGO_ENABLED}}{{/FILE_ENABLED}}{{/MEMORY_ENABLED}}

        - descriptor: "pip-services-jobs:controller:default:default:1.0"
          options:
            clean_interval: 60000
            max_retries: 10

        - descriptor: "pip-services:endpoint:http:default:1.0"
          connection:
            protocol: "http"
            host: "0.0.0.0"
            port: 8080

        - descriptor: "pip-services-jobs:service:http:default:1.0"
        - descriptor: "pip-services:heartbeat-service:http:default:1.0"
        - descriptor: "pip-services:status-service:http:default:1.0"
        """

    /// Handlebars blocks.
    private static let handlebarsText = """
        ---
        {{! what the service is called }}
        - descriptor: "pip-services:context-info:default:default:1.0"
          name: "pip-services-jobs"
          description: "Jobs microservice"

        - descriptor: "pip-services:logger:console:default:1.0"
          level: "trace"

        - descriptor: "pip-services:counters:log:default:1.0"
          level: "trace"

        {{#if FILE_ENABLED}}
        - descriptor: "pip-services-jobs:persistence:file:default:1.0"
          path: {{FILE_PATH}}{{^if FILE_PATH}}"./data/jobs.json"{{/if}}
        {{/if}}

        {{#if MONGO_ENABLED}}
        - descriptor: "pip-services-jobs:persistence:mongodb:default:1.0"
          connection:
            uri: {{MONGO_SERVICE_URI}}
            host: {{MONGO_SERVICE_HOST}}{{^if MONGO_SERVICE_HOST}}localhost{{/if}}
            port: {{MONGO_SERVICE_PORT}}{{^if MONGO_SERVICE_PORT}}27017{{/if}}
            database: {{MONGO_DB}}{{#unless MONGO_DB}}test{{/unless}}
        {{/if}}

        {{^if MONGO_ENABLED}}{{^if FILE_ENABLED}}
        - descriptor: "pip-services-jobs:persistence:memory:default:1.0"
        {{/if}}{{/if}}

        - descriptor: "pip-services-jobs:controller:default:default:1.0"

        - descriptor: "pip-services:endpoint:http:default:1.0"
          connection:
            protocol: "http"
            host: "0.0.0.0"
            port: {{HTTP_PORT}}{{^if HTTP_PORT}}8080{{/if}}

        - descriptor: "pip-services-jobs:service:http:default:1.0"
        - descriptor: "pip-services:heartbeat-service:http:default:1.0"
        - descriptor: "pip-services:status-service:http:default:1.0"
        """
}
