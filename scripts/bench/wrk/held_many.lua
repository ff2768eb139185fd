-- POST <path> for jobs that are held, 100 in each request: lines "id token" of the file IDS, each once.
local threads = 0

function setup(thread)
  thread:set("index", threads)
  threads = threads + 1
end

local bodies, position = {}, 0

function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  local items, request_number = {}, 0
  for line in io.lines(os.getenv("IDS")) do
    local id, token = string.match(line, "(%S+) (%S+)")
    table.insert(items, '{"job_id":"' .. id .. '","lock_token":"' .. token .. '"}')
    if #items == 100 then
      if request_number % tonumber(os.getenv("THREADS")) == index then
        table.insert(bodies, '{"jobs":[' .. table.concat(items, ",") .. "]}")
      end
      items = {}
      request_number = request_number + 1
    end
  end
end

function request()
  position = position + 1
  if position > #bodies then error("out of jobs") end
  return wrk.format(nil, nil, nil, bodies[position])
end
