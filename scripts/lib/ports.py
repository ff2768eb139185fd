"""Ports for servers that a script starts."""
import random
import socket

# Below the ports that the kernel gives to outgoing connections: one of those may be taken by any
# connection between the moment it is chosen and the moment the server listens on it.
FIRST, LAST = 20_000, 32_767


def free_ports(count: int) -> list[int]:
    """Returns ports of 127.0.0.1 that no process listens on."""
    ports: list[int] = []
    for port in random.sample(range(FIRST, LAST + 1), 1000):
        if len(ports) == count:
            return ports
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                ports.append(port)
            except OSError:
                pass
    raise SystemExit(f"there are no {count} free ports from {FIRST} to {LAST}")


def free_port() -> int:
    return free_ports(1)[0]
