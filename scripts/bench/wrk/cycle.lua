-- Adds a job, starts the next of its type, completes what was started; one after the other, and so
-- in equal shares. Each thread has a type of its own. With DELAY each connection waits so many
-- milliseconds before each request.
local headers = { ["Content-Type"] = "application/json" }
local threads = 0

function setup(thread)
  thread:set("type_name", "mail" .. threads)
  threads = threads + 1
end

local started, adds, starts = {}, 0, 0

local pause = tonumber(os.getenv("DELAY"))
if pause then
  function delay() return pause end
end

function request()
  local job = table.remove(started)
  if job then
    return wrk.format("POST", "/v1/jobs/complete_job", headers, job)
  elseif starts < adds then
    starts = starts + 1
    return wrk.format("POST", "/v1/jobs/start_job_by_type", headers,
      '{"type":"' .. type_name .. '","timeout":60000}')
  end
  adds = adds + 1
  return wrk.format("POST", "/v1/jobs/add_job", headers,
    '{"new_job":{"type":"' .. type_name .. '","ref_id":"1","ttl":60000,"params":{"a":"xxxxxxxx"}}}')
end

function response(status, _, body)
  local token = string.match(body, '"lock_token":"(%x+)"')
  if token then
    local id = string.match(body, '"id":"(%x+)"')
    table.insert(started, '{"job_id":"' .. id .. '","lock_token":"' .. token .. '"}')
  end
end
