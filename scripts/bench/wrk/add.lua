-- POST <path> with a new job whose params are SIZE bytes (environment).
local params = string.rep("x", tonumber(os.getenv("SIZE") or "8"))
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"new_job":{"type":"mail","ref_id":"1","ttl":60000,"params":{"a":"' .. params .. '"}}}'
