extension HTMLPage {
    static let template = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{title}}</title>
        <style>
        :root { color-scheme: light dark; --text: #222; --back: #fff; --link: #0645ad; --faint: #666; \
        --line: #ddd; --code: #f5f5f5 }
        @media (prefers-color-scheme: dark) { :root { --text: #ddd; --back: #181a1b; --link: #8ab4f8; \
        --faint: #999; --line: #3a3d3f; --code: #242728 } }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; \
        padding: 0 1rem; color: var(--text); background: var(--back) }
        h2 { margin-top: 3rem; border-bottom: 1px solid var(--line) }
        h3 { margin: 2rem 0 0; font: bold 1rem ui-monospace, monospace; overflow-wrap: anywhere }
        a { color: var(--link); text-decoration: none }
        nav ul { columns: 14rem; padding: 0; list-style: none; font: .9rem ui-monospace, monospace }
        table { border-collapse: collapse; margin: .75rem 0; width: 100%; font-size: .9rem }
        th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; \
        border-top: 1px solid var(--line) }
        th { font-weight: normal; color: var(--faint) }
        pre { background: var(--code); padding: .75rem; overflow-x: auto; font-size: .85rem }
        @media (min-width: 601px) { td:first-child { white-space: nowrap } }
        @media (max-width: 600px) { table, tbody, tr, td { display: block } \
        tr:first-child { display: none } \
        tr { border-top: 1px solid var(--line); padding: .35rem 0 } td { border: 0; padding: 0 } }
        </style>
        </head>
        <body>
        <h1>{{title}}</h1>
        <p>{{description}}</p>
        <p>Version {{version}}. Programs read <a href="/openapi.json">openapi.json</a>.</p>
        <nav>
        {{#groups}}
        <p>{{title}}</p>
        <ul>
        {{#operations}}
        <li><a href="#{{name}}">{{name}}</a></li>
        {{/operations}}
        </ul>
        {{/groups}}
        <p>Objects</p>
        <ul>
        {{#schemas}}
        <li><a href="#{{name}}">{{name}}</a></li>
        {{/schemas}}
        </ul>
        </nav>
        <h2 id="calls">Calls</h2>
        <p>Operations are POST requests with a JSON object. In the examples JOBS_URL is the address of this \
        service. Dates are UTC, times are milliseconds. A key goes into the header Authorization: Bearer, or \
        X-Api-Key.</p>
        <p>A start returns a lock_token. Show it when you extend, complete, fail or abort the job: the call has \
        no effect then if another worker has taken the job over.</p>
        <table>
        <tr><th>status</th><th>failure, with an Error in the body</th></tr>
        {{#failures}}
        <tr><td>{{status}}</td><td>{{text}}</td></tr>
        {{/failures}}
        </table>
        {{#groups}}
        <h2>{{title}}</h2>
        {{#operations}}
        <section id="{{name}}">
        <h3><a href="#{{name}}">{{method}}</a> {{path}}</h3>
        <p>{{summary}}</p>
        {{#scope}}
        <p>Needs the scope <code>{{.}}</code>.</p>
        {{/scope}}
        {{#body}}
        <table>
        <tr><th>argument</th><th>value</th><th></th></tr>
        {{#arguments}}
        <tr><td><code>{{name}}</code></td><td>{{value}}</td><td>{{note}}</td></tr>
        {{/arguments}}
        </table>
        <pre>{{example}}</pre>
        {{/body}}
        <table>
        <tr><th>status</th><th>answer</th></tr>
        {{#answers}}
        <tr><td>{{status}}</td><td>{{text}}{{#schema}} <a href="#{{.}}">{{.}}</a>{{/schema}}</td></tr>
        {{/answers}}
        </table>
        </section>
        {{/operations}}
        {{/groups}}
        <h2>Objects</h2>
        {{#schemas}}
        <section id="{{name}}">
        <h3><a href="#{{name}}">{{name}}</a></h3>
        <table>
        <tr><th>member</th><th>value</th><th></th></tr>
        {{#rows}}
        <tr><td><code>{{name}}</code></td><td>{{type}}</td><td>{{note}}</td></tr>
        {{/rows}}
        </table>
        </section>
        {{/schemas}}
        </body>
        </html>

        """
}
