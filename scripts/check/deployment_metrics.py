"""Checks that dashboards and alerts use existing metrics, and that each alert has a runbook.

The existing metrics are those in the table in Operations.md.
"""
import glob, json, os, re, subprocess, sys, tempfile

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GUIDE = "Sources/JobsService/Documentation.docc/Operations.md"
WORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "bool", "offset", "up"}


def read(path):
    with open(os.path.join(ROOT, path)) as file:
        return file.read()


def documented():
    """The series of the metrics in the table: a histogram has three."""
    rows = re.findall(r"^\| `(\w+)(?:{[\w,]*})?` \| (\w+) \|", read(GUIDE), re.MULTILINE)
    for name, kind in rows:
        yield from [name + end for end in ("_bucket", "_count", "_sum")] if kind == "histogram" else [name]


def asked_for(expression):
    """The metrics in an expression of PromQL."""
    for rest in (r'"[^"]*"', r"{[^}]*}", r"\[[^]]*\]", r"\b(by|without|on|ignoring)\s*\([^)]*\)"):
        expression = re.sub(rest, " ", expression)
    return set(re.findall(r"\b[a-zA-Z_]\w*\b(?!\s*\()", expression)) - WORDS


def queries():
    """Pairs: the place of an expression, and the expression."""
    for path in sorted(glob.glob(os.path.join(ROOT, "config/grafana/*.json"))):
        with open(path) as file:
            panels = json.load(file)["panels"]
        for panel in panels:
            for target in panel.get("targets", []):
                expression = target["expr"].replace("$__rate_interval", "5m")
                yield f"{os.path.basename(path)}: {panel['title']}", re.sub(r"\$\w+", "x", expression)
    for alert in alerts():
        yield f"alerts.yml: {alert['alert']}", alert["expr"]


def alerts():
    for group in yaml.safe_load(read("config/prometheus/alerts.yml"))["groups"]:
        yield from group["rules"]


def mistakes():
    known = set(documented())
    for place, expression in queries():
        for name in sorted(asked_for(expression) - known):
            yield f"{place} asks for {name}, which {GUIDE} does not know"
    tested = yaml.safe_load(read("config/prometheus/alerts_test.yml"))["tests"]
    firing = {test["alertname"] for each in tested for test in each["alert_rule_test"] if test.get("exp_alerts")}
    for alert in alerts():
        name = alert["alert"]
        for part in ("summary", "description", "action"):
            if part not in alert["annotations"]:
                yield f"alerts.yml: {name} has no {part}"
        if f"\n### {name}\n" not in read(GUIDE):
            yield f"{GUIDE} has no heading {name}"
        if name not in firing:
            yield f"alerts_test.yml never sees {name} fire"


def check_syntax():
    rules = [{"record": f"query_{number}", "expr": expression}
             for number, (_, expression) in enumerate(queries())]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}, file)
        file.flush()
        done = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


found = list(mistakes())
if found:
    sys.exit("\n".join(found))
check_syntax()
