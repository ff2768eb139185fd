"""Sends a command to a MongoDB server without a driver: the necessary part of BSON, in an OP_MSG."""
import socket, struct


def encode(document):
    out = b""
    for key, value in document.items():
        name = key.encode() + b"\0"
        if isinstance(value, bool):
            out += b"\x08" + name + bytes([value])
        elif isinstance(value, int):
            out += b"\x12" + name + struct.pack("<q", value)
        elif isinstance(value, str):
            text = value.encode() + b"\0"
            out += b"\x02" + name + struct.pack("<i", len(text)) + text
        elif isinstance(value, list):
            out += b"\x04" + name + encode({str(i): v for i, v in enumerate(value)})
        else:
            out += b"\x03" + name + encode(value)
    return struct.pack("<i", len(out) + 5) + out + b"\0"


def decode(data):
    fields, at = {}, 4
    while data[at]:
        kind, end = data[at], data.index(0, at + 1)
        key, at = data[at + 1:end].decode(), end + 1
        size = {1: 8, 7: 12, 8: 1, 9: 8, 10: 0, 16: 4, 17: 8, 18: 8, 19: 16}.get(kind)
        if size is None:
            size = struct.unpack_from("<i", data, at)[0] + {2: 4, 5: 5}.get(kind, 0)
        raw, at = data[at:at + size], at + size
        if kind in (3, 4):
            inner = decode(raw)
            fields[key] = list(inner.values()) if kind == 4 else inner
        elif kind == 2:
            fields[key] = raw[4:-1].decode()
        elif kind == 8:
            fields[key] = raw != b"\0"
        else:
            fields[key] = struct.unpack({1: "<d", 16: "<i", 18: "<q"}[kind], raw)[0] \
                if kind in (1, 16, 18) else raw
    return fields


def ask(port, command, patience=5, database="admin"):
    """Returns the answer of the server; None if there is none."""
    try:
        with socket.create_connection(("127.0.0.1", port), patience) as connection:
            connection.settimeout(patience)
            body = b"\0\0\0\0\0" + encode({**command, "$db": database})
            connection.sendall(struct.pack("<iiii", len(body) + 16, 1, 0, 2013) + body)
            stream = connection.makefile("rb")
            head = stream.read(16)
            return decode(stream.read(struct.unpack_from("<i", head)[0] - 16)[5:])
    except (OSError, struct.error):
        return None
