import ArgumentParser
import JobsCLI

/// The program `jobs`, with its subcommands and their common options.
@main
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobsctl",
        abstract:
            "Serves a job queue over HTTP, and calls such a service from the command line.",
        discussion: """
            The configuration file is a list of components in YAML or JSON. It is a mustache \
            template that is filled in with environment variables and with the parameters given \
            here; environment variables take precedence. Where there is no file, the default one is \
            used, which jobsctl config prints. It has these variables:

              HTTP_HOST, HTTP_PORT   where to listen; 8080, and all addresses, or
                                     127.0.0.1 where there is no file
              LOG_LEVEL, LOG_FORMAT  how much to log, as text or json; info, text
              SHUTDOWN_DELAY         milliseconds from the signal to stop to the end
                                     of new connections; 0
              CORS_ORIGINS           web pages that may call; none
              MEMORY_ENABLED         keep jobs in memory; also without other stores
              FILE_ENABLED           keep jobs in the file FILE_PATH
              MONGO_ENABLED          keep jobs in MongoDB: MONGO_SERVICE_URI, or
                                     MONGO_SERVICE_HOST, MONGO_SERVICE_PORT,
                                     MONGO_DB, MONGO_USER and MONGO_PASS;
                                     MONGO_COLLECTION
              ACCESS_KEYS_FILE       require API keys of callers; see jobsctl help key
              JWT_JWKS_FILE          accept tokens too, of JWT_ISSUER for JWT_AUDIENCE

            Any value except false, 0, no and off enables a setting.

            All users of this machine can read the arguments of a process: pass secrets, such as \
            MONGO_PASS and JWT_SECRET, in the environment and not with -p.

            SIGINT (Control-C) and SIGTERM stop the service: it finishes its open requests and \
            exits with 0. SIGHUP reloads the log level from the configuration file, and the files \
            of keys. If the service cannot start, it prints the reason in one line on standard \
            error and exits with 1.

            \(OperatorCommands.exitCodes)
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, ConfigCommand.self, MigrateCommand.self, HealthCommand.self,
            OperatorCommands.key,
        ],
        groupedSubcommands: [
            CommandGroup(name: "Calling A Service", subcommands: OperatorCommands.client)
        ],
        defaultSubcommand: ServeCommand.self)

    /// The names of subcommands, which must not be taken for arguments of the default subcommand.
    static let names = configuration.subcommands.filter { $0 != ServeCommand.self }
        .compactMap { $0.configuration.commandName }

    // Declared here as well, so that they are also valid before the name of a subcommand.
    @OptionGroup var options: ConfigOptions
}
