"""The values of the service as dataclasses, and the way from and to JSON."""
