/// The settings of the pages for operators.
public struct DashboardSettings: Sendable, Equatable {
    /// The route of the pages.
    public var route: String
    /// The base route of the operations on jobs.
    public var jobsRoute: String
    /// The route of the metrics; `nil` if they are not served.
    public var metricsRoute: String?
    /// Whether the pages offer actions to callers that need no key. The operations themselves are
    /// open to every caller then; the pages only keep people from acting by mistake.
    public var allowsAnonymousActions: Bool
    /// Whether the pages leave out the params, progress and results of jobs.
    public var hidesParams: Bool
    /// The pages mask the values of members whose names contain one of these words, in any case.
    public var maskedKeys: [String]

    /// The default of ``maskedKeys``.
    public static let usualMaskedKeys = [
        "password", "passwd", "secret", "api_key", "apikey", "private_key", "access_token",
        "refresh_token", "authorization",
    ]

    /// Creates settings.
    public init(
        route: String = "ui", jobsRoute: String = "v1/jobs", metricsRoute: String? = "metrics",
        allowsAnonymousActions: Bool = false, hidesParams: Bool = false,
        maskedKeys: [String] = DashboardSettings.usualMaskedKeys
    ) {
        self.route = route
        self.jobsRoute = jobsRoute
        self.metricsRoute = metricsRoute
        self.allowsAnonymousActions = allowsAnonymousActions
        self.hidesParams = hidesParams
        self.maskedKeys = maskedKeys
    }
}
