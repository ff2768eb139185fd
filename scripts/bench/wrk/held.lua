-- POST <path> for jobs that are held, one after the other: lines "id token" of the file IDS.
-- With ONCE=1 each job is used once, and running out of them is an error.
local threads = 0

function setup(thread)
  thread:set("index", threads)
  threads = threads + 1
end

local bodies, position = {}, 0

function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  local line_number = 0
  for line in io.lines(os.getenv("IDS")) do
    if line_number % tonumber(os.getenv("THREADS")) == index then
      local id, token = string.match(line, "(%S+) (%S+)")
      table.insert(bodies, '{"job_id":"' .. id .. '","lock_token":"' .. token .. '","timeout":60000}')
    end
    line_number = line_number + 1
  end
end

function request()
  position = position + 1
  if position > #bodies then
    if os.getenv("ONCE") == "1" then error("out of jobs") end
    position = 1
  end
  return wrk.format(nil, nil, nil, bodies[position])
end
