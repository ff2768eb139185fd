"""Measures the latency of waiting claims, and their cost while there are no jobs."""
import http.client
import json
import random
import socket
import threading
import time

from benching import Instance, Server

HEADERS = {"Content-Type": "application/json"}


def wake_ups(producer: Instance, consumer: Instance, count: int) -> list[float]:
    """Milliseconds from the add of a job at one instance until a worker that waits at the other one has
    it, one job at a time."""
    held: dict[str, float] = {}
    arrived = threading.Semaphore(0)

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", consumer.port)
        body = json.dumps({"type": "wake", "timeout": 60_000, "wait_timeout": 60_000})
        while len(held) < count:
            connection.request("POST", "/v1/jobs/start_job_by_type", body, HEADERS)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status == 200:
                held[json.loads(text)["ref_id"]] = time.monotonic()
                arrived.release()

    threading.Thread(target=work, daemon=True).start()
    time.sleep(2)
    connection = http.client.HTTPConnection("127.0.0.1", producer.port)
    times = []
    for number in range(count):
        time.sleep(random.uniform(0.005, 0.1))
        start = time.monotonic()
        new = {"type": "wake", "ref_id": str(number), "ttl": 0}
        connection.request("POST", "/v1/jobs/add_job", json.dumps({"new_job": new}), HEADERS)
        connection.getresponse().read()
        if not arrived.acquire(timeout=60):
            raise SystemExit("a waiting claim was not woken")
        times.append((held[str(number)] - start) * 1000)
    return times


def idle_waiters(instance: Instance, server: Server, waiters: int, types: int, seconds: float) \
        -> tuple[float, float]:
    """Commands per second with this many waiting claims, and with none."""
    def rate() -> float:
        before = server.commands()
        time.sleep(seconds)
        return (server.commands() - before - 1) / seconds

    time.sleep(5)
    idle = rate()
    connections = []
    for number in range(waiters):
        body = json.dumps({"type": f"idle{number % types}", "timeout": 60_000, "wait_timeout": 60_000})
        connection = socket.create_connection(("127.0.0.1", instance.port))
        connection.sendall((f"POST /v1/jobs/start_job_by_type HTTP/1.1\r\nHost: localhost\r\n"
                            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                            f"{body}").encode())
        connections.append(connection)
    time.sleep(10)
    busy = rate()
    for connection in connections:
        connection.close()
    return busy, idle
