extension Command {
    /// All operations of the service: the single source of the HTTP API.
    package static let all =
        jobCommands + batchCommands + claimCommands + listCommands + errorCommands
        + operationCommands + scheduleCommands + typeCommands + settingCommands

    /// The maximum number of items in a request, and of jobs in an answer.
    package static let maximumItems = 1000
}
