"""The way of calls over HTTP: what is shared by the synchronous and the asynchronous client."""
