import HTTPEdge
import JobsEngine
import JobsHTTP

extension Container {
    /// The pages for operators of the first service on jobs of an endpoint that has them.
    func dashboards(
        _ endpoint: ContainerPlan.Endpoint, isProtected: Bool,
        _ instances: [@Sendable () -> ServiceInstance]
    ) -> [Routes] {
        for case .jobs(_, let controller, _, _, var dashboard?) in endpoint.served {
            if plan.placesMetrics { dashboard.metricsRoute = nil }
            if endpoint.settings.options.isLoopback { dashboard.allowsAnonymousActions = true }
            return [
                .dashboard(
                    dashboard, isProtected: isProtected,
                    instance: instances[plan.controllers[controller].store])
            ]
        }
        return []
    }

    /// Describes this instance for each store.
    func instances(_ stores: [OpenedStore], _ waiting: [WaitingJobsPersistence])
        -> [@Sendable () -> ServiceInstance]
    {
        zip(stores, waiting).map { [status] store, waiting in
            { @Sendable in
                ServiceInstance(
                    status: status, version: Version.current, store: store.place,
                    waiting: waiting.waitingCount)
            }
        }
    }
}
