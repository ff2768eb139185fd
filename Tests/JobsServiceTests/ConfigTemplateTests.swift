import Testing

@testable import JobsService

@Suite struct ConfigTemplateTests {
    @Test(
        "all forms in shipped files render as intended, with and without the variable",
        arguments: [
            // template, with X set to "v", without X
            ("a {{X}} b", "a v b", "a  b"),
            ("a {{ X }} b", "a v b", "a  b"),
            ("a {{{X}}} b", "a v b", "a  b"),
            ("a {{&X}} b", "a v b", "a  b"),
            ("a{{#X}} yes{{/X}}", "a yes", "a"),
            ("a{{^X}} no{{/X}}", "a", "a no"),
            ("a{{#^X}} no{{/^X}}", "a", "a no"),
            ("a{{#if X}} yes{{/if}}", "a yes", "a"),
            ("a{{^if X}} no{{/if}}", "a", "a no"),
            ("a{{#unless X}} no{{/unless}}", "a", "a no"),
            ("a{{^unless X}} yes{{/unless}}", "a yes", "a"),
            ("a{{#if X}} yes{{else}} no{{/if}}", "a yes", "a no"),
            ("a{{#unless X}} no{{else}} yes{{/unless}}", "a yes", "a no"),
            ("a{{#X}} yes{{^}} no{{/X}}", "a yes", "a no"),
            ("{{X}}{{^X}}default{{/X}}", "v", "default"),
            ("{{#X}}{{#if X}}{{X}}{{/if}}{{/X}}", "v", ""),
            ("a{{! X }}b", "ab", "ab"),
            ("a{{!-- {{X}} --}}b", "ab", "ab"),
            ("a{{!\n several\n lines}}b", "ab", "ab"),
            ("a: {b: {c: 1}}", "a: {b: {c: 1}}", "a: {b: {c: 1}}"),
        ])
    func everyForm(template: String, set: String, unset: String) throws {
        let template = ConfigTemplate(text: template)

        #expect(try template.render(["X": "v"]) == set)
        #expect(try template.render([:]) == unset)
        #expect(try template.render(["X": ""]) == unset)
    }

    @Test("a tag alone on its line leaves no empty line")
    func standalone() throws {
        let template = ConfigTemplate(
            text: "a\n  {{#if X}}\n  yes\n  {{else}}\n  no\n  {{/if}}\n{{! c }}\nb\n")

        #expect(try template.render(["X": "1"]) == "a\n  yes\nb\n")
        #expect(try template.render([:]) == "a\n  no\nb\n")
    }

    @Test("values such as false and 0 count as true", arguments: ["false", "0", "no", " "])
    func truth(value: String) throws {
        let text = try ConfigTemplate(text: "{{#X}}on{{/X}}{{^if X}}off{{/if}}").render(["X": value]
        )

        #expect(text == "on")
    }

    @Test(
        "values that say no do not enable", arguments: ["false", "FALSE", "0", "no", "off", ""])
    func enabled(value: String) throws {
        let template = ConfigTemplate(
            text: "{{#enabled X}}on{{else}}off{{/enabled}} {{^enabled X}}off{{/enabled}}")

        #expect(try template.render(["X": value]) == "off off")
        #expect(try template.render([:]) == "off off")
        #expect(try template.render(["X": "1"]) == "on ")
        #expect(try template.render(["X": "falsehood"]) == "on ")
    }

    @Test(
        "a value is inserted literally",
        arguments: ["mongodb://u:p%40@h1,h2/db?a=b&c=d", "<\"'>`\\", "{{Y}}", "a\nb"])
    func raw(value: String) throws {
        let text = try ConfigTemplate(text: "{{X}} {{{X}}}").render(["X": value, "Y": "wrong"])

        #expect(text == "\(value) \(value)")
    }

    @Test("names are exact")
    func exactNames() throws {
        let text = try ConfigTemplate(text: "{{port}}{{PORT}}{{POR}}{{PORT_}}").render(["PORT": "1"]
        )

        #expect(text == "1")
    }

    @Test(
        "the error of an invalid template has the line",
        arguments: [
            ("a\n{{#X}}\nb", 2, "{{#X}} is never closed"),
            ("a\n{{#if X}}{{/X}}", 2, "{{/X}} does not close {{#if X}} of line 2"),
            ("{{#X}}\n{{#Y}}\n{{/X}}", 3, "{{/X}} does not close {{#Y}} of line 2"),
            ("\n\n{{/if}}", 3, "{{/if}} closes nothing"),
            ("\n{{else}}", 2, "{{else}} is outside of a block"),
            ("{{#X}}{{else}}\n{{else}}{{/X}}", 2, "{{else}} is the second in {{#X}} of line 1"),
            ("a\n{{X", 2, "{{ is never closed by }}"),
            ("a\n{{{X}}", 2, "{{{ is never closed by }}}"),
            ("{{! a\n b }}\n{{> other}}", 3, "{{> other}} is an unknown tag"),
            ("{{#each X}}{{/each}}", 1, "{{#each X}} is an unknown tag"),
            ("{{else if X}}", 1, "{{else if X}} is an unknown tag"),
            ("{{=<% %>=}}", 1, "{{=<% %>=}} is an unknown tag"),
            ("{{}}", 1, "{{}} is an unknown tag"),
            ("{{.}}", 1, "{{.}} does not name a variable"),
            ("{{a(b)}}", 1, "{{a(b)}} does not name a variable"),
        ])
    func broken(template: String, line: Int, message: String) {
        #expect(throws: TemplateError(line: line, message)) {
            try ConfigTemplate(text: template).render(["X": "1", "Y": "1"])
        }
    }
}
