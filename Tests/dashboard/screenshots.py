"""Makes the pictures of the README: python screenshots.py DIRECTORY

The jobs and errors are made up; the minutes of the last hour as well, since the program has just begun to count them.
"""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from conftest import running
from PIL import Image
from playwright.sync_api import Page, Route, expect, sync_playwright
from program import Program
from service import TRACE, Service
from tab import chromium

SIZE = {"width": 1280, "height": 860}
COLOURS = 96

ERRORS = {
    "mail": ["Mailbox {n} is full (452 4.2.2)", TRACE, "421 Try again in {n} seconds"],
    "thumbnail": ["Image {n} of 40000x30000 pixels needs 4 GB", "s3 object uploads/{n} does not exist"],
    "invoice": ["503 from the tax service: upstream connect error {n}"],
}
WAITING = {"mail": 412, "thumbnail": 57, "invoice": 9, "report": 3}
PER_MINUTE = {"mail": 240, "thumbnail": 85, "invoice": 14, "report": 2, "sms": 0}


def fill(service: Service) -> str:
    """Fills the store; returns the id of a job to show."""
    numbers = random.Random(7)
    job = ""
    for type, errors in ERRORS.items():
        def error(n: int, type: str = type, errors: list[str] = errors) -> dict[str, Any]:
            return {"message": numbers.choice(errors).replace("{n}", str(n)), "details": {"host": f"mx{n % 4}", "smtp": 452}}

        jobs = service.fail_many({"mail": 214, "thumbnail": 38, "invoice": 12}[type], error, type)
        job = job or jobs[1]
    for type, number in WAITING.items():
        service.call("add_jobs", new_jobs=[{"type": type, "ref_id": f"order-{n}", "ttl": 0} for n in range(number)])
        service.call("start_jobs_by_type", type=type, timeout=600_000, max_jobs=number // 8 or 1, worker=f"{type}-1")
    service.call("add_jobs", new_jobs=[{"type": "sms", "ref_id": f"order-{n}", "ttl": 0} for n in range(31)])
    service.call("pause_type", type="sms", reason="The gateway is down")
    service.call("set_type", type="mail", max_running=60)
    shown = service.fail(
        TRACE.replace("{n}", "3"), ref_id="order-7", retry=True, max_retries=3, error_type="TimeoutError",
        details={"host": "mx3.example.com", "elapsed": 30.02},
        params={"to": "ann@example.com", "template": "receipt", "order": 7, "password": "hush"},
    )
    for retry in (True, False):
        started = service.start(shown)
        service.call(
            "fail_job", job_id=shown, lock_token=started["lock_token"], retry=retry,
            error={"type": "TimeoutError", "message": TRACE.replace("{n}", "3")},
        )
    return shown


def with_an_hour(route: Route) -> None:
    """Adds the minutes of an hour to the answer of get_types."""
    answer = route.fetch()
    body = answer.json()
    start = datetime.now(timezone.utc).replace(second=0, microsecond=0) - timedelta(minutes=59)
    body["rates_since"] = start.isoformat().replace("+00:00", "Z")
    for row in body["data"]:
        numbers, speed = random.Random(row["type"]), PER_MINUTE.get(row["type"], 1)
        wave = [speed * (1 + 0.25 * numbers.uniform(-1, 1)) for _ in range(60)]
        row["rates"] = {
            "from": start.isoformat().replace("+00:00", "Z"),
            "added": [round(one) for one in wave], "started": [round(one) for one in wave],
            "completed": [round(one * numbers.uniform(0.85, 1)) for one in wave],
            "failed": [round(one * 0.04) if 35 < minute < 50 else 0 for minute, one in enumerate(wave)],
        }
        if speed:
            row["wait_time"], row["run_time"] = {"p50": 18, "p95": 640}, {"p50": 230, "p95": 1900}
    route.fulfill(response=answer, body=json.dumps(body))


def with_recent(route: Route) -> None:
    """Spreads the failures of the answer of get_errors over the last hour."""
    answer = route.fetch()
    body = answer.json()
    for group in body["data"]:
        numbers = random.Random(group["error_key"])
        parts = numbers.choices(range(12), weights=range(1, 13), k=group["count"])
        group["recent"] = [parts.count(part) for part in range(12)]
    route.fulfill(response=answer, body=json.dumps(body))


def picture(page: Page, file: Path) -> int:
    """Saves what is seen with few colours; returns the size in bytes."""
    page.wait_for_timeout(500)
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    return file.stat().st_size


def main(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, running(Program(Path(scratch))) as program, sync_playwright() as playwright:
        job = fill(Service(program.url))
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
        page.route("**/v1/jobs/events", lambda route: route.fulfill(status=404, json={}))
        page.route("**/v1/jobs/get_types", with_an_hour)
        page.route("**/v1/jobs/get_errors", with_recent)
        sizes = []
        for name, address, ready in (
            ("overview", "", "table.types tbody tr"), ("failures", "#/failures", "tbody tr"), ("job", f"#/job/{job}", ".json"),
        ):
            page.goto(f"{program.url}/ui/{address}")
            expect(page.locator(f"main {ready}").first).to_be_visible()
            if name == "job":
                page.locator("details.error summary").last.click()
            sizes.append(picture(page, directory / f"dashboard-{name}.png"))
            print(f"{directory}/dashboard-{name}.png: {sizes[-1] // 1024} KiB")
        browser.close()
    if sum(sizes) > 300_000:
        sys.exit("the pictures are larger than 300 KB together")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
