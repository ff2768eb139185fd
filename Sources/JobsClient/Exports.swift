// The API of clients uses the types of these modules. So one import is enough for a caller.
@_exported public import JSON
@_exported public import Jobs
@_exported public import JobsEngine
