"""The worker: claims jobs, runs handlers, keeps their leases and reports the outcomes."""
