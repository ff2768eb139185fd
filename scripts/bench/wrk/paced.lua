-- Adds jobs of type "mail", ten in a request, RATE a second over 10 connections.
local headers = { ["Content-Type"] = "application/json" }
local job = '{"type":"mail","ref_id":"1","ttl":600000,"params":{"a":"xxxxxxxx"}}'
local body = '{"new_jobs":[' .. string.rep(job, 10, ",") .. "]}"
local pause = 100000 / tonumber(os.getenv("RATE"))

function delay() return math.floor(pause) end

function request() return wrk.format("POST", "/v1/jobs/add_jobs", headers, body) end
