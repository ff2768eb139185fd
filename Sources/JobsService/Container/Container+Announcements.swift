import Logging

extension Container {
    /// Says in a line each where jobs are kept, and who may do what with them.
    func announce(_ stores: [OpenedStore], _ access: ReloadableAccess?) {
        for store in stores { logger.info("Jobs are kept \(store.place)") }
        let addresses = plan.endpoints.filter(\.servesJobs).map(\.settings.address)
        guard !addresses.isEmpty else { return }
        if let access {
            logger.info("Callers need \(access.wanted)")
        } else {
            let places = addresses.joined(separator: " or ")
            logger.info("No keys: everyone who reaches \(places) may do everything")
        }
    }
}
