// A client speaks of jobs in the words of the domain, so that one import is all it takes.
@_exported public import JSON
@_exported public import Jobs
@_exported public import JobsEngine
