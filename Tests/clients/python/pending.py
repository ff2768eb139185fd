"""What the client knows and the service is about to learn."""

#: Operations that may be missing in the description of the service. Empty when it has them all.
OPERATIONS: set[str] = set()
#: Arguments that may be missing, wherever they are.
ARGUMENTS: set[str] = set()
