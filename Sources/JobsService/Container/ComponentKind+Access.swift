extension ComponentKind {
    /// The access control over HTTP. Without this component every caller may use every operation,
    /// as in older services.
    static let access = ComponentKind(
        pattern: "pip-services-jobs:access:default:*:1.0", keys: AccessSettings.keys,
        isStrict: true
    ) { config, warnings in
        try AccessSettings(config, warnings: &warnings).map(Component.access) ?? .inert
    }
}
