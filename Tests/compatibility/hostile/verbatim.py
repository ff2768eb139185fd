"""Whether params come back as they were given."""

import json
import sys
from typing import Any

from raw_http import Server, new_job

# Answers are read here as they are sent: nested a thousand deep.
sys.setrecursionlimit(10_000)


def must_be_verbatim_or_refused(server: Server, params: bytes) -> bool:
    """Whether the params were taken; then they must come back as they were."""
    answer = server.post("add_job", new_job(params))
    if answer.status != 200:
        answer.error(400)
        return False
    job = parse_exactly(answer.body)
    stored = server.post("get_job_by_id", json.dumps({"job_id": job["id"]}).encode())
    assert job["params"] == parse_exactly(params), params[:80]
    assert parse_exactly(stored.body) == job, params[:80]
    return True


def parse_exactly(text: bytes) -> Any:
    """The JSON value, with numbers as they are written."""
    return json.loads(text, parse_int=str, parse_float=str)
