"""The operations of the service, by name. Both clients have a method for each."""

from . import batches, bulk, changes, jobs, schedules, starts, types
from .table import OPERATIONS

__all__ = ["OPERATIONS", "batches", "bulk", "changes", "jobs", "schedules", "starts", "types"]
