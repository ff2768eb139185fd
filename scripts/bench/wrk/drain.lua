-- Claims jobs of type "mail", or TYPE, and completes what was claimed, one after the other, out of a backlog.
-- With MAX_JOBS each request takes so many. With WAIT claims wait so many milliseconds for a job.
local headers = { ["Content-Type"] = "application/json" }
local many = os.getenv("MAX_JOBS")
local wait = os.getenv("WAIT")
local body = '{"type":"' .. (os.getenv("TYPE") or "mail") .. '","timeout":600000'
  .. (many and ',"max_jobs":' .. many or "") .. (wait and ',"wait_timeout":' .. wait or "") .. "}"

local held = {}

function request()
  local jobs = table.remove(held)
  if not jobs then
    return wrk.format("POST", "/v1/jobs/start_job" .. (many and "s" or "") .. "_by_type", headers, body)
  end
  return wrk.format("POST", "/v1/jobs/complete_job" .. (many and "s" or ""), headers, jobs)
end

function response(status, _, body)
  local jobs = {}
  for job in string.gmatch(body, '"id":.-"lock_token":"%x+"') do
    local id = string.match(job, '"id":"([^"]+)"')
    local token = string.match(job, '"lock_token":"(%x+)"')
    table.insert(jobs, '{"job_id":"' .. id .. '","lock_token":"' .. token .. '"}')
  end
  if #jobs > 0 then
    table.insert(held, many and '{"jobs":[' .. table.concat(jobs, ",") .. "]}" or jobs[1])
  end
end
