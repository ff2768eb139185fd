"""Has a service do something of everything, and reads what it counted with a parser of others.

Usage: python metrics URL FILE    where the service is; where to leave the text
"""
import json, math, sys, urllib.error, urllib.request

from prometheus_client.parser import text_string_to_metric_families

url, path = sys.argv[1:]
ODD = 'a "b" \\c\nd é {e="f",} #'


def ask(operation, arguments):
    request = urllib.request.Request(
        f"{url}/v1/jobs/{operation}", json.dumps(arguments).encode(),
        {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    return json.loads(body) if body else None


def add(kind, **more):
    return ask("add_job", {"new_job": {"type": kind, "ref_id": "1", "ttl": 0, **more}})


def claim(kind, timeout=60_000):
    return ask("start_job_by_type", {"type": kind, "timeout": timeout})


def scrape():
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        text = answer.read().decode()
    families = {}
    for family in text_string_to_metric_families(text):
        assert family.name not in families, f"{family.name} is there twice"
        assert family.documentation, f"{family.name} has no help"
        families[family.name] = family
    return text, families


def check_histogram(family):
    series = {}
    for sample in family.samples:
        labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
        series.setdefault(labels, {"buckets": []})
        if sample.name.endswith("_bucket"):
            series[labels]["buckets"].append((float(sample.labels["le"]), sample.value))
        else:
            series[labels][sample.name] = sample.value
    for labels, values in series.items():
        bounds = [bound for bound, _ in values["buckets"]]
        counts = [count for _, count in values["buckets"]]
        assert bounds == sorted(set(bounds)) and bounds[-1] == math.inf, (family.name, labels)
        assert counts == sorted(counts), (family.name, labels)
        assert counts[-1] == values[f"{family.name}_count"], (family.name, labels)
        assert f"{family.name}_sum" in values, (family.name, labels)


def value(families, name, **labels):
    for family in families.values():
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return sample.value
    sys.exit(f"there is no {name} {labels}")


before, _ = scrape()
for kind in ["mail", "mail", "mail", ODD] + [f"kind {index}" for index in range(150)]:
    add(kind)
add("mail", delay=600_000)
job = claim("mail")
lease = {"job_id": job["id"], "lock_token": job["lock_token"]}
ask("extend_job", {**lease, "timeout": 60_000})
ask("complete_job", {**lease, "lock_token": "x"})
ask("complete_job", lease)
ask("complete_job", lease)
lapsed = claim("mail", timeout=0)
taken = claim("mail")
ask("abort_job", {"job_id": taken["id"]})
assert lapsed["id"] in [claim("mail")["id"], claim("mail")["id"]]
claim("none")
ask("nothing", {})
text, families = scrape()
with open(path, "w") as file:
    file.write(text)

for family in families.values():
    assert family.type in ("counter", "gauge", "histogram"), family.name
    seen = set()
    for sample in family.samples:
        key = (sample.name, tuple(sorted(sample.labels.items())))
        assert key not in seen, f"{key} is there twice"
        seen.add(key)
        assert family.type == "gauge" or sample.value >= 0, key
    if family.type == "histogram":
        check_histogram(family)
    types = {s.labels["type"] for s in family.samples if "type" in s.labels}
    assert len(types) <= 101, f"{family.name} has {len(types)} types"

for name, expected in {
    "jobs_added_total": 4, "jobs_claims_total": 5, "jobs_extensions_total": 1,
    "jobs_completions_total": 1, "jobs_aborts_total": 1, "jobs_leases_lapsed_total": 1,
    "jobs_claim_to_complete_seconds_count": 1, "jobs_add_to_claim_seconds_count": 3,
}.items():
    found = value(families, name, type="mail")
    assert found == expected, f"{name} is {found} and not {expected}"
assert value(families, "jobs_added_total", type=ODD) == 1
assert value(families, "jobs_added_total", type="other") > 50
assert value(families, "jobs_leases_lost_total") == 1
assert value(families, "jobs_requests_refused_total", reason="not_found") == 1
assert value(families, "exec_count_total", service="v1/jobs", command="complete_job") == 3
assert value(families, "exec_errors_total", service="v1/jobs", command="complete_job") == 1
assert value(families, "jobs_store_up") == 1
for name in ["event_loop_lag_seconds", "process_resident_memory_bytes", "process_open_fds",
             "process_cpu_seconds_total", "process_start_time_seconds", "process_max_fds",
             "jobs_waiting_claims", "jobs_requests_in_flight", "jobs_connections"]:
    value(families, name)
print(f"{len(families)} metrics, {sum(len(f.samples) for f in families.values())} samples")
