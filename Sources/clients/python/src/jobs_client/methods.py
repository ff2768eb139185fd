"""The methods of both clients, made from the table of operations, so that a signature stands once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Generic, ParamSpec, TypeVar, overload

from .http.steps import Steps
from .operations import batches, bulk, changes, jobs, schedules, starts, types

P = ParamSpec("P")
T = TypeVar("T")


class AsyncMethod(Generic[P, T]):
    """An operation as a method that is awaited."""

    def __init__(self, steps: Callable[P, Steps[T]]) -> None:
        self._steps = steps
        self.__doc__ = steps.__doc__

    @overload
    def __get__(self, client: None, owner: object) -> AsyncMethod[P, T]: ...
    @overload
    def __get__(
        self, client: AsyncOperations, owner: object
    ) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, client: AsyncOperations | None, owner: object) -> Any:
        """Returns the method of a client."""
        if client is None:
            return self
        run, steps = client._run, self._steps

        @functools.wraps(steps)
        def call(*arguments: P.args, **named: P.kwargs) -> Coroutine[Any, Any, T]:
            return run(steps(*arguments, **named))

        return call


class SyncMethod(Generic[P, T]):
    """An operation as a method that blocks."""

    def __init__(self, steps: Callable[P, Steps[T]]) -> None:
        self._steps = steps
        self.__doc__ = steps.__doc__

    @overload
    def __get__(self, client: None, owner: object) -> SyncMethod[P, T]: ...
    @overload
    def __get__(self, client: SyncOperations, owner: object) -> Callable[P, T]: ...
    def __get__(self, client: SyncOperations | None, owner: object) -> Any:
        """Returns the method of a client."""
        if client is None:
            return self
        run, steps = client._run, self._steps

        @functools.wraps(steps)
        def call(*arguments: P.args, **named: P.kwargs) -> T:
            return run(steps(*arguments, **named))

        return call


class AsyncOperations:
    """The operations as methods that are awaited."""

    async def _run(self, steps: Steps[T]) -> T:
        raise NotImplementedError

    add_job = AsyncMethod(jobs.add_job)
    add_uniq_job = AsyncMethod(jobs.add_uniq_job)
    get_jobs = AsyncMethod(jobs.get_jobs)
    get_errors = AsyncMethod(jobs.get_errors)
    get_job_by_id = AsyncMethod(jobs.get_job_by_id)
    start_job_by_id = AsyncMethod(starts.start_job_by_id)
    start_job_by_type = AsyncMethod(starts.start_job_by_type)
    extend_job = AsyncMethod(changes.extend_job)
    abort_job = AsyncMethod(changes.abort_job)
    complete_job = AsyncMethod(changes.complete_job)
    fail_job = AsyncMethod(changes.fail_job)
    cancel_job = AsyncMethod(jobs.cancel_job)
    replay_jobs = AsyncMethod(jobs.replay_jobs)
    delete_job_by_id = AsyncMethod(jobs.delete_job_by_id)
    delete_jobs = AsyncMethod(jobs.delete_jobs)
    clean_jobs = AsyncMethod(jobs.clean_jobs)
    add_jobs = AsyncMethod(batches.add_jobs)
    start_jobs_by_type = AsyncMethod(starts.start_jobs_by_type)
    extend_jobs = AsyncMethod(batches.extend_jobs)
    abort_jobs = AsyncMethod(batches.abort_jobs)
    complete_jobs = AsyncMethod(batches.complete_jobs)
    fail_jobs = AsyncMethod(batches.fail_jobs)
    get_types = AsyncMethod(types.get_types)
    explain_job = AsyncMethod(types.explain_job)
    pause_type = AsyncMethod(types.pause_type)
    resume_type = AsyncMethod(types.resume_type)
    set_type = AsyncMethod(types.set_type)
    set_schedule = AsyncMethod(schedules.set_schedule)
    get_schedules = AsyncMethod(schedules.get_schedules)
    delete_schedule = AsyncMethod(schedules.delete_schedule)
    run_schedule = AsyncMethod(schedules.run_schedule)
    start_operation = AsyncMethod(bulk.start_operation)
    get_operations = AsyncMethod(bulk.get_operations)
    get_operation = AsyncMethod(bulk.get_operation)
    cancel_operation = AsyncMethod(bulk.cancel_operation)
    get_audit = AsyncMethod(bulk.get_audit)


class SyncOperations:
    """The operations as methods that block."""

    def _run(self, steps: Steps[T]) -> T:
        raise NotImplementedError

    add_job = SyncMethod(jobs.add_job)
    add_uniq_job = SyncMethod(jobs.add_uniq_job)
    get_jobs = SyncMethod(jobs.get_jobs)
    get_errors = SyncMethod(jobs.get_errors)
    get_job_by_id = SyncMethod(jobs.get_job_by_id)
    start_job_by_id = SyncMethod(starts.start_job_by_id)
    start_job_by_type = SyncMethod(starts.start_job_by_type)
    extend_job = SyncMethod(changes.extend_job)
    abort_job = SyncMethod(changes.abort_job)
    complete_job = SyncMethod(changes.complete_job)
    fail_job = SyncMethod(changes.fail_job)
    cancel_job = SyncMethod(jobs.cancel_job)
    replay_jobs = SyncMethod(jobs.replay_jobs)
    delete_job_by_id = SyncMethod(jobs.delete_job_by_id)
    delete_jobs = SyncMethod(jobs.delete_jobs)
    clean_jobs = SyncMethod(jobs.clean_jobs)
    add_jobs = SyncMethod(batches.add_jobs)
    start_jobs_by_type = SyncMethod(starts.start_jobs_by_type)
    extend_jobs = SyncMethod(batches.extend_jobs)
    abort_jobs = SyncMethod(batches.abort_jobs)
    complete_jobs = SyncMethod(batches.complete_jobs)
    fail_jobs = SyncMethod(batches.fail_jobs)
    get_types = SyncMethod(types.get_types)
    explain_job = SyncMethod(types.explain_job)
    pause_type = SyncMethod(types.pause_type)
    resume_type = SyncMethod(types.resume_type)
    set_type = SyncMethod(types.set_type)
    set_schedule = SyncMethod(schedules.set_schedule)
    get_schedules = SyncMethod(schedules.get_schedules)
    delete_schedule = SyncMethod(schedules.delete_schedule)
    run_schedule = SyncMethod(schedules.run_schedule)
    start_operation = SyncMethod(bulk.start_operation)
    get_operations = SyncMethod(bulk.get_operations)
    get_operation = SyncMethod(bulk.get_operation)
    cancel_operation = SyncMethod(bulk.cancel_operation)
    get_audit = SyncMethod(bulk.get_audit)
