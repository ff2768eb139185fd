-- POST start_job_by_type, or start_jobs_by_type for MAX_JOBS, for jobs of type "mail". With TIMEOUT=1
-- (ms) jobs are claimable again at once, so that the backlog stays as it is.
local many = os.getenv("MAX_JOBS")
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"type":"mail","timeout":' .. (os.getenv("TIMEOUT") or "60000")
  .. ',"max_retries":1000000' .. (many and ',"max_jobs":' .. many or "") .. "}"
