"""Puts values into Samba's registry and says what is in it, by its database and
not by way of .reg files:

    samba.py set REGISTRY.TDB KEY FILE    samba.py list REGISTRY.TDB KEY FILE

KEY is below HKLM, and FILE as registry.c has it.

The database has two records for a key, by its path in capitals: a count and
the names of its keys, and behind SAMBA_REGVAL a count and of each value its name,
its type, the bytes of its data, and these.
"""
import struct
import sys

import tdb

NONE = 0xFFFFFFFF
what, database, top, path = sys.argv[1:]
db = tdb.open(database)


def record(key):
    return "\\".join(["HKLM", top] + key).upper().encode() + b"\0"


def text(data):
    return data.decode("utf-16-le", "surrogatepass")


def names(key):
    return [name.decode() for name in (db.get(record(key)) or bytes(4))[4:].split(b"\0")[:-1]]


def put_names(key, keys):
    db[record(key)] = struct.pack("<I", len(keys)) + b"".join(name.encode() + b"\0" for name in keys)


def values(key):
    packed, at = db.get(b"SAMBA_REGVAL\\" + record(key)) or bytes(4), 4
    for _ in range(struct.unpack("<I", packed[:4])[0]):
        end = packed.index(b"\0", at)
        kind, size = struct.unpack_from("<II", packed, end + 1)
        yield packed[at:end].decode(), kind, packed[end + 9:end + 9 + size]
        at = end + 9 + size


def put_values(key, all_values):
    packed = b"".join(name.encode() + b"\0" + struct.pack("<II", kind, len(data)) + data for name, kind, data in all_values)
    db[b"SAMBA_REGVAL\\" + record(key)] = struct.pack("<I", len(all_values)) + packed


def entries(file):
    while sizes := file.read(16):
        key, name, kind, data = struct.unpack("<4I", sizes)
        path = text(file.read(key))
        yield path.split("\\") if path else [], None if name == NONE else text(file.read(name)), kind, file.read(data)


def create(key):
    for i, name in enumerate(key):
        if name.upper() not in [other.upper() for other in names(key[:i])]:
            put_names(key[:i], names(key[:i]) + [name])
            put_names(key[:i + 1], [])


def write(file):
    db.transaction_start()
    for key, name, kind, data in entries(file):
        create(key)
        if name is not None:
            put_values(key, [*values(key), (name, kind, data)])
    db.transaction_commit()


def put(file, key, name, kind, data):
    key = "\\".join(key).encode("utf-16-le")
    label = b"" if name is None else name.encode("utf-16-le")
    sizes = struct.pack("<4I", len(key), NONE if name is None else len(label), kind, len(data))
    file.write(sizes + key + label + data)


def read(file, key):
    put(file, key, None, 0, b"")
    for value in values(key):
        put(file, key, *value)
    for name in names(key):
        read(file, key + [name])


with open(path, "rb" if what == "set" else "wb") as file:
    write(file) if what == "set" else read(file, [])
