package import ArgumentParser

/// The subcommands that need no configuration file.
package enum OperatorCommands {
    /// The subcommands that call a running service.
    package static let client: [any ParsableCommand.Type] = [
        AddCommand.self, ListCommand.self, GetCommand.self, StartCommand.self,
        CompleteCommand.self, FailCommand.self, AbortCommand.self, CancelCommand.self,
        ReplayCommand.self, ExplainCommand.self, ErrorsCommand.self, TypesCommand.self,
        PauseCommand.self, ResumeCommand.self, LimitCommand.self, ScheduleCommand.self,
        OperationsCommand.self, AuditCommand.self, DeleteCommand.self, CleanCommand.self,
    ]

    /// The subcommand that generates API keys.
    package static let key: any ParsableCommand.Type = KeyCommand.self
}
