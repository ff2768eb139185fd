import Logging

extension Container {
    /// Logs where jobs are stored and which callers have access, one line each.
    func announce(_ stores: [OpenedStore], _ access: ReloadableAccess?) {
        for store in stores { logger.info("Jobs are kept \(store.place)") }
        let addresses = plan.endpoints.filter(\.servesJobs).map(\.settings.address)
        guard !addresses.isEmpty else { return }
        if let access {
            logger.info("Callers need \(access.wanted)")
        } else {
            let places = addresses.joined(separator: " or ")
            logger.info("No keys: every caller that reaches \(places) may use every operation")
        }
    }
}
