import ArgumentParser
import JobsCLI

/// The program `jobs`, with its subcommands and their common options.
@main
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract:
            "Serves a job queue over HTTP, and calls such a service from the command line.",
        discussion: """
            The configuration file is a list of components in YAML or JSON. It is a mustache \
            template that is filled in with environment variables and with the parameters given \
            here; environment variables take precedence. The default file has these variables:

              HTTP_HOST, HTTP_PORT  where to listen; all addresses and 8080 if not set
              LOG_LEVEL, LOG_FORMAT how much to log, and whether as text or json; info and text
                                    if not set
              SHUTDOWN_DELAY        milliseconds between the signal to stop and the end of new
                                    connections; 0 if not set
              CORS_ORIGINS          web pages that may call; none if not set
              MEMORY_ENABLED        keep jobs in memory; also if no other store is enabled
              FILE_ENABLED          keep jobs in the file FILE_PATH
              ACCESS_KEYS_FILE      require API keys of callers; see jobs help key
              JWT_JWKS_FILE         and accept tokens, of JWT_ISSUER for JWT_AUDIENCE
              MONGO_ENABLED         keep jobs in MongoDB: MONGO_SERVICE_URI, or
                                    MONGO_SERVICE_HOST, MONGO_SERVICE_PORT,
                                    MONGO_DB, MONGO_USER and MONGO_PASS;
                                    MONGO_COLLECTION

            Any value except false, 0, no and off enables a setting.

            All users of this machine can read the arguments of a process: pass secrets, such as \
            MONGO_PASS and JWT_SECRET, in the environment and not with -p.

            SIGINT (Control-C) and SIGTERM stop the service: it finishes its open requests and \
            exits with 0. SIGHUP reloads the log level from the configuration file, and the files \
            of keys. If the service cannot start, it prints the reason in one line on standard \
            error and exits with 1.
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, HealthCommand.self, OperatorCommands.key,
        ],
        groupedSubcommands: [
            CommandGroup(name: "Calling A Service", subcommands: OperatorCommands.client)
        ],
        defaultSubcommand: ServeCommand.self)

    /// The names of subcommands, which must not be taken for arguments of the default subcommand.
    static let names =
        ([MigrateCommand.self, HealthCommand.self, OperatorCommands.key] + OperatorCommands.client)
        .compactMap { $0.configuration.commandName }

    // Declared here as well, so that they are also valid before the name of a subcommand.
    @OptionGroup var options: ConfigOptions
}
