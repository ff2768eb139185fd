/// A file of the pages for operators: plain HTML, CSS and JavaScript, which a browser runs as it is.
package struct PageFile: Sendable {
    /// The name, by which the other files refer to it.
    package let name: String
    /// The media type.
    package let type: String
    package let bytes: [UInt8]

    /// The page that loads all other files.
    package static let index = PageFile("index.html", html, PackageResources.index_html)

    /// All files. The names of the generated constants are those of the files.
    package static let all = [
        index,
        PageFile("icon.svg", "image/svg+xml", PackageResources.icon_svg),
        PageFile("style.css", "text/css; charset=utf-8", PackageResources.style_css),
        PageFile("actions.js", script, PackageResources.actions_js),
        PageFile("api.js", script, PackageResources.api_js),
        PageFile("dialog.js", script, PackageResources.dialog_js),
        PageFile("dom.js", script, PackageResources.dom_js),
        PageFile("errors.js", script, PackageResources.errors_js),
        PageFile("format.js", script, PackageResources.format_js),
        PageFile("json-view.js", script, PackageResources.json_view_js),
        PageFile("keys.js", script, PackageResources.keys_js),
        PageFile("live.js", script, PackageResources.live_js),
        PageFile("main.js", script, PackageResources.main_js),
        PageFile("notice.js", script, PackageResources.notice_js),
        PageFile("problem.js", script, PackageResources.problem_js),
        PageFile("screen-failures.js", script, PackageResources.screen_failures_js),
        PageFile("screen-job.js", script, PackageResources.screen_job_js),
        PageFile("screen-jobs.js", script, PackageResources.screen_jobs_js),
        PageFile("screen-overview.js", script, PackageResources.screen_overview_js),
        PageFile("screen-running.js", script, PackageResources.screen_running_js),
        PageFile("screen-schedules.js", script, PackageResources.screen_schedules_js),
        PageFile("screen-service.js", script, PackageResources.screen_service_js),
        PageFile("screen-sign-in.js", script, PackageResources.screen_sign_in_js),
        PageFile("screen-type.js", script, PackageResources.screen_type_js),
        PageFile("search.js", script, PackageResources.search_js),
        PageFile("session.js", script, PackageResources.session_js),
        PageFile("states.js", script, PackageResources.states_js),
        PageFile("table.js", script, PackageResources.table_js),
        PageFile("types.js", script, PackageResources.types_js),
    ]

    private static let html = "text/html; charset=utf-8"
    private static let script = "text/javascript; charset=utf-8"

    private init(_ name: String, _ type: String, _ bytes: [UInt8]) {
        self.name = name
        self.type = type
        self.bytes = bytes
    }
}
