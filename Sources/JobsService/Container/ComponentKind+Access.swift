extension ComponentKind {
    /// Who may do what over HTTP; without it everybody may do everything, as in the services before this one.
    static let access = ComponentKind(
        pattern: "pip-services-jobs:access:default:*:1.0", keys: AccessSettings.keys,
        isStrict: true
    ) { config, warnings in
        try AccessSettings(config, warnings: &warnings).map(Component.access) ?? .inert
    }
}
