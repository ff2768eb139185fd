-- POST start_job_by_type for jobs of type "mail".
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"type":"mail","timeout":60000}'
