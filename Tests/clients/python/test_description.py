"""The operations and values of the client are those of the service's description."""

from __future__ import annotations

import inspect
import json
import urllib.request
from typing import Any

import pending
import pytest
from jobs_client import (
    Abort, AsyncJobsClient, Attempt, AttemptError, AuditEntry, AuditList, BulkOperation,
    Completion, ErrorExample, ErrorGroup, ErrorGroups, Extension, Failure, Job, JobFilter, JobPage,
    JobsClient, NewJob, OperationList, Paging, ReplayedJobs, RetryPolicy, StartedJob,
)
from jobs_client.operations import OPERATIONS
from jobs_client.wire import fields
from jobs_client.wire.schedules import Schedule, SchedulePage
from jobs_client.wire.types import Explanation, TypePage, TypeStatus
from program import Program


@pytest.fixture(scope="module")
def description(shared_program: Program) -> Any:
    with urllib.request.urlopen(f"{shared_program.url}/openapi.json") as answer:
        document = json.load(answer)
    return inlined(document, document["components"]["schemas"])


def inlined(value: Any, schemas: Any) -> Any:
    """Returns the description with schemas in the place of references, also of those that allow null."""
    if isinstance(value, list):
        return [inlined(item, schemas) for item in value]
    if not isinstance(value, dict):
        return value
    if str(value.get("$ref", "")).startswith("#/components/schemas/"):
        return inlined(schemas[value["$ref"].rsplit("/")[-1]], schemas)
    if {"type": "null"} in value.get("anyOf", [])[1:] and len(value["anyOf"]) == 2:
        return inlined(value["anyOf"][0], schemas)
    return {name: inlined(member, schemas) for name, member in value.items()}


def body(description: Any, operation: str) -> Any:
    call = description["paths"][f"/v1/jobs/{operation}"]["post"]
    return call["requestBody"]["content"]["application/json"]["schema"]


def described(description: Any) -> set[str]:
    paths = description["paths"].items()
    return {path[9:] for path, methods in paths if path.startswith("/v1/jobs/") and "post" in methods}


def differences(ours: set[str], theirs: set[str]) -> tuple[list[str], list[str]]:
    """Returns what only the client has, but for what is pending, and what only the service has."""
    return sorted(ours - theirs - pending.ARGUMENTS), sorted(theirs - ours)


def test_the_client_has_the_operations_of_the_service(description: Any) -> None:
    missing = pending.OPERATIONS - described(description)

    assert set(OPERATIONS) - missing == described(description)


def test_both_clients_have_a_method_for_each_operation() -> None:
    for name, function in OPERATIONS.items():
        for kind in (AsyncJobsClient, JobsClient):
            method = getattr(kind("http://localhost"), name)
            assert inspect.signature(method) == inspect.signature(function)


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_operation_has_the_arguments_of_the_service(description: Any, operation: str) -> None:
    if operation not in described(description):
        assert operation in pending.OPERATIONS
        return
    signature = inspect.signature(OPERATIONS[operation])
    # Keywords of Python have an underscore.
    parameters = {name.rstrip("_"): p for name, p in signature.parameters.items()}
    schema = body(description, operation)
    expected, needed = set(schema["properties"]), set(schema.get("required", []))
    if operation == "start_jobs_by_type":
        # A type, or a list of types.
        expected, needed = expected - {"types"}, needed | {"type"}

    assert differences(set(parameters), expected) == ([], [])
    required = {name for name, p in parameters.items() if p.default is p.empty}
    assert required == needed


OBJECTS = [
    (NewJob, "add_job", ["new_job"]),
    (RetryPolicy, "add_job", ["new_job", "retry"]),
    (JobFilter, "get_jobs", ["filter"]),
    (JobFilter, "replay_jobs", ["filter"]),
    (JobFilter, "start_operation", ["filter"]),
    (Paging, "get_jobs", ["paging"]),
    (AttemptError, "fail_job", ["error"]),
]


@pytest.mark.parametrize(("cls", "operation", "path"), OBJECTS)
def test_an_object_has_the_members_of_the_service(
    description: Any, cls: type, operation: str, path: list[str]
) -> None:
    schema = body(description, operation)
    for name in path:
        schema = schema["properties"][name]

    assert differences(set(fields.names(cls)), set(schema["properties"])) == ([], [])


ITEMS = [
    (NewJob, "add_jobs", "new_jobs"),
    (Extension, "extend_jobs", "jobs"),
    (Abort, "abort_jobs", "jobs"),
    (Completion, "complete_jobs", "jobs"),
    (Failure, "fail_jobs", "jobs"),
]


@pytest.mark.parametrize(("cls", "operation", "key"), ITEMS)
def test_an_item_has_the_members_of_the_service(
    description: Any, cls: type, operation: str, key: str
) -> None:
    items = body(description, operation)["properties"][key]["items"]
    properties = items["anyOf"][0]["properties"] if "anyOf" in items else items["properties"]

    assert differences(set(fields.names(cls)), set(properties)) == ([], [])


ANSWERS = [
    (Job, "Job", "add_job"),
    (JobPage, "JobPage", "get_jobs"),
    (ReplayedJobs, "ReplayedJobs", "replay_jobs"),
    (ErrorGroups, "ErrorGroups", "get_errors"),
    (BulkOperation, "Operation", "start_operation"),
    (OperationList, "OperationList", "get_operations"),
    (AuditEntry, "AuditEntry", "get_audit"),
    (AuditList, "AuditList", "get_audit"),
    (TypeStatus, "Type", "get_types"),
    (TypePage, "TypePage", "get_types"),
    (Explanation, "Explanation", "explain_job"),
    (Schedule, "Schedule", "set_schedule"),
    (SchedulePage, "SchedulePage", "get_schedules"),
]


@pytest.mark.parametrize(("cls", "name", "operation"), ANSWERS)
def test_an_answer_has_the_members_of_the_service(
    description: Any, cls: type, name: str, operation: str
) -> None:
    if operation not in described(description):
        assert operation in pending.OPERATIONS
        return
    schema = description["components"]["schemas"][name]

    assert set(fields.names(cls)) == set(schema["properties"])


def test_a_started_job_and_an_attempt_have_the_members_of_the_service(description: Any) -> None:
    schemas = description["components"]["schemas"]

    started = schemas["StartedJob"]["allOf"][1]["properties"]
    assert set(fields.names(StartedJob)) - set(fields.names(Job)) == set(started)
    attempt = schemas["Job"]["properties"]["attempts"]["items"]["properties"]
    assert set(fields.names(Attempt)) == set(attempt)


def test_a_group_of_errors_has_the_members_of_the_service(description: Any) -> None:
    schemas = description["components"]["schemas"]

    group = schemas["ErrorGroups"]["properties"]["data"]["items"]["properties"]
    assert set(fields.names(ErrorGroup)) == set(group)
    example = group["example"]["properties"]
    assert set(fields.names(ErrorExample)) == set(example)
    assert set(fields.names(AttemptError)) == set(example["error"]["properties"])


def test_a_job_can_be_asked_for_each_of_its_members(description: Any) -> None:
    names = body(description, "get_jobs")["properties"]["fields"]["items"]["enum"]

    assert set(fields.names(Job)) == set(names)
