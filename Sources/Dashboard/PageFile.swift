/// A file of the pages for operators: plain HTML, CSS and JavaScript, which a browser runs as it
/// is.
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
        PageFile("frame.css", style, PackageResources.frame_css),
        PageFile("parts.css", style, PackageResources.parts_css),
        PageFile("style.css", style, PackageResources.style_css),
        PageFile("tables.css", style, PackageResources.tables_css),
        PageFile("actions.js", script, PackageResources.actions_js),
        PageFile("api.js", script, PackageResources.api_js),
        PageFile("appearance.js", script, PackageResources.appearance_js),
        PageFile("bulk.js", script, PackageResources.bulk_js),
        PageFile("button.js", script, PackageResources.button_js),
        PageFile("chart.js", script, PackageResources.chart_js),
        PageFile("chips.js", script, PackageResources.chips_js),
        PageFile("command-line.js", script, PackageResources.command_line_js),
        PageFile("cron-times.js", script, PackageResources.cron_times_js),
        PageFile("cron-words.js", script, PackageResources.cron_words_js),
        PageFile("dialog.js", script, PackageResources.dialog_js),
        PageFile("dom.js", script, PackageResources.dom_js),
        PageFile("entry.js", script, PackageResources.entry_js),
        PageFile("errors.js", script, PackageResources.errors_js),
        PageFile("first-steps.js", script, PackageResources.first_steps_js),
        PageFile("format.js", script, PackageResources.format_js),
        PageFile("frame.js", script, PackageResources.frame_js),
        PageFile("job-facts.js", script, PackageResources.job_facts_js),
        PageFile("job-pages.js", script, PackageResources.job_pages_js),
        PageFile("json-text.js", script, PackageResources.json_text_js),
        PageFile("json-view.js", script, PackageResources.json_view_js),
        PageFile("keys.js", script, PackageResources.keys_js),
        PageFile("like-it.js", script, PackageResources.like_it_js),
        PageFile("live.js", script, PackageResources.live_js),
        PageFile("main.js", script, PackageResources.main_js),
        PageFile("metrics.js", script, PackageResources.metrics_js),
        PageFile("neighbours.js", script, PackageResources.neighbours_js),
        PageFile("notice.js", script, PackageResources.notice_js),
        PageFile("pause.js", script, PackageResources.pause_js),
        PageFile("problem.js", script, PackageResources.problem_js),
        PageFile("progress.js", script, PackageResources.progress_js),
        PageFile("rates.js", script, PackageResources.rates_js),
        PageFile("rows.js", script, PackageResources.rows_js),
        PageFile("screen-audit.js", script, PackageResources.screen_audit_js),
        PageFile("screen-failures.js", script, PackageResources.screen_failures_js),
        PageFile("screen-job.js", script, PackageResources.screen_job_js),
        PageFile("screen-jobs.js", script, PackageResources.screen_jobs_js),
        PageFile("screen-operations.js", script, PackageResources.screen_operations_js),
        PageFile("screen-overview.js", script, PackageResources.screen_overview_js),
        PageFile("screen-running.js", script, PackageResources.screen_running_js),
        PageFile("screen-schedules.js", script, PackageResources.screen_schedules_js),
        PageFile("screen-service.js", script, PackageResources.screen_service_js),
        PageFile("screen-sign-in.js", script, PackageResources.screen_sign_in_js),
        PageFile("screen-type.js", script, PackageResources.screen_type_js),
        PageFile("search.js", script, PackageResources.search_js),
        PageFile("selection-bar.js", script, PackageResources.selection_bar_js),
        PageFile("session.js", script, PackageResources.session_js),
        PageFile("states.js", script, PackageResources.states_js),
        PageFile("stream.js", script, PackageResources.stream_js),
        PageFile("summary.js", script, PackageResources.summary_js),
        PageFile("table.js", script, PackageResources.table_js),
        PageFile("theme.js", script, PackageResources.theme_js),
        PageFile("timeline.js", script, PackageResources.timeline_js),
        PageFile("types.js", script, PackageResources.types_js),
        PageFile("visible.js", script, PackageResources.visible_js),
    ]

    private static let html = "text/html; charset=utf-8"
    private static let style = "text/css; charset=utf-8"
    private static let script = "text/javascript; charset=utf-8"

    private init(_ name: String, _ type: String, _ bytes: [UInt8]) {
        self.name = name
        self.type = type
        self.bytes = bytes
    }
}
