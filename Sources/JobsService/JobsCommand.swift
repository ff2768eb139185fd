import ArgumentParser
import JobsCLI

/// The program: what it can do, and what all of that has in common.
@main
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract:
            "Hands out jobs over HTTP, each to one worker at a time; and asks a service for them.",
        discussion: """
            What runs, and where, is said in a configuration file, a list of components in YAML or \
            JSON. It is a mustache template, filled in with environment variables and with the \
            parameters given here; where both have a name, the environment counts. The file that \
            comes along knows:

              HTTP_HOST, HTTP_PORT  where to listen; all addresses and 8080 if not set
              LOG_LEVEL, LOG_FORMAT how much to log, and whether as text or json; info and text
                                    if not set
              SHUTDOWN_DELAY        milliseconds between the signal to stop and the end of new
                                    connections; 0 if not set
              CORS_ORIGINS          web pages that may call; none if not set
              MEMORY_ENABLED        keep jobs in memory; also if no other store is enabled
              FILE_ENABLED          keep jobs in the file FILE_PATH
              ACCESS_KEYS_FILE      ask callers for API keys; jobs help key tells more
              JWT_JWKS_FILE         and take tokens, of JWT_ISSUER for JWT_AUDIENCE
              MONGO_ENABLED         keep jobs in MongoDB: MONGO_SERVICE_URI, or
                                    MONGO_SERVICE_HOST, MONGO_SERVICE_PORT,
                                    MONGO_DB, MONGO_USER and MONGO_PASS;
                                    MONGO_COLLECTION

            Any value enables but false, 0, no and off.

            Everybody on this machine can read the arguments of a process: give secrets, such as \
            MONGO_PASS and JWT_SECRET, in the environment and not with -p.

            SIGINT (Control-C) and SIGTERM stop the service: it finishes the requests it has and \
            exits with 0. SIGHUP makes it read the file again and take over the level of the log. If it cannot start it says why in one line on standard error and exits \
            with 1.
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, HealthCommand.self, OperatorCommands.key,
        ],
        groupedSubcommands: [
            CommandGroup(name: "Asking A Service", subcommands: OperatorCommands.client)
        ],
        defaultSubcommand: ServeCommand.self)

    /// What must not be taken for an argument of the service.
    static let names =
        ([MigrateCommand.self, HealthCommand.self, OperatorCommands.key] + OperatorCommands.client)
        .compactMap { $0.configuration.commandName }

    // Here as well, so that they may also stand before the name of a subcommand.
    @OptionGroup var options: ConfigOptions
}
