package import ArgumentParser

/// The subcommands that need no configuration file.
package enum OperatorCommands {
    /// The subcommands that call a running service.
    package static let client: [any ParsableCommand.Type] = [
        AddCommand.self, ListCommand.self, GetCommand.self, StartCommand.self,
        ExtendCommand.self, CompleteCommand.self, FailCommand.self, AbortCommand.self,
        CancelCommand.self,
        ReplayCommand.self, ExplainCommand.self, ErrorsCommand.self, TypesCommand.self,
        PauseCommand.self, ResumeCommand.self, LimitCommand.self, ScheduleCommand.self,
        OperationsCommand.self, AuditCommand.self, DeleteCommand.self, CleanCommand.self,
    ]

    /// The exit codes of the subcommands that call a service.
    package static let exitCodes = """
        Exit codes of the commands that call a service: 0 done; 1 no such job, or no job to hand out; 2 \
        another client holds the lease; 64 wrong usage; 65 the service refused the call; 69 the service \
        cannot be reached and did nothing; 70 the answer is not that of a jobs service; 75 the outcome \
        is unknown.
        """

    /// The subcommand that generates API keys.
    package static let key: any ParsableCommand.Type = KeyCommand.self
}
