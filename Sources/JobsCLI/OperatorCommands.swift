package import ArgumentParser

/// The subcommands that need no configuration file.
package enum OperatorCommands {
    /// Those that ask a running service for something.
    package static let client: [any ParsableCommand.Type] = [
        AddCommand.self, ListCommand.self, GetCommand.self, StartCommand.self,
        CompleteCommand.self, AbortCommand.self, DeleteCommand.self, CleanCommand.self,
    ]

    /// Makes API keys.
    package static let key: any ParsableCommand.Type = KeyCommand.self
}
