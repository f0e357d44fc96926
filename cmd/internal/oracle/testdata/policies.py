# Reads the policies of a folder in one process, as Samba's modules take long to load:
# each NAME.pol with Samba's parser of PReg, NAME.lgpo and NAME.json with the parsers
# below, which make a PReg of them. Makes PReg files with Samba, in made/, and damages
# damage.pol. What it finds is JSON on standard output.

import json
import os
import random
import struct
import sys
import xml.etree.ElementTree as ET

from samba.dcerpc import preg
from samba.gp_parse.gp_pol import GPPolParser
from samba.ndr import ndr_pack, ndr_unpack

SZ, EXPAND_SZ, BINARY, DWORD, DWORD_BE, MULTI_SZ, QWORD = 1, 2, 3, 4, 5, 7, 11


def utf16(text):
    return text.encode("utf-16-le")


def record(key, name, kind, data):
    numbers = struct.pack("<I", kind) + utf16(";") + struct.pack("<I", len(data))
    return utf16("[" + key + "\0;" + name + "\0;") + numbers + utf16(";") + data + utf16("]")


def pol(records):
    return b"PReg\1\0\0\0" + b"".join(record(*r) for r in records)


def lgpo(text):
    """The settings of LGPO text, by LGPO.pdf: four lines each."""
    lines = text.decode("ascii").split("\r\n")
    assert lines.pop() == ""
    records = []
    while lines:
        line = lines.pop(0)
        if line == "" or line.startswith(";"):
            continue
        assert line == "Computer", line
        key, name, action = lines.pop(0), lines.pop(0), lines.pop(0)
        word, _, rest = action.partition(":")
        if word == "DELETE":
            records.append((key, "**del." + name, SZ, utf16(" \0")))
        elif word == "DWORD":
            records.append((key, name, DWORD, struct.pack("<I", int(rest))))
        elif word == "MULTISZ":
            data = b"".join(utf16(s + "\0") for s in rest.split("\\0")) + utf16("\0")
            records.append((key, name, MULTI_SZ, data))
        else:
            raise ValueError(action)
    return pol(records)


def samba_json(text):
    """What samba-tool gpo load makes of JSON in an empty Group Policy object."""
    records = []
    for entry in json.loads(text):
        assert sorted(entry) == ["class", "data", "keyname", "type", "valuename"], entry
        assert entry["class"] == "MACHINE", entry
        if entry["type"] == "REG_SZ":
            kind, data = SZ, utf16(entry["data"] + "\0")
        elif entry["type"] == "REG_DWORD":
            kind, data = DWORD, struct.pack("<I", entry["data"])
        elif entry["type"] == "REG_MULTI_SZ":
            kind, data = MULTI_SZ, b"".join(utf16(s + "\0") for s in entry["data"]) + utf16("\0")
        else:
            raise ValueError(entry)
        records.append((entry["keyname"], entry["valuename"], kind, data))
    return pol(records)


def through_xml(src, path):
    """The bytes that come back from Samba's XML."""
    first, second = GPPolParser(), GPPolParser()
    first.parse(src)
    first.write_xml(path)
    second.load_xml(ET.parse(path).getroot())
    second.write_binary(path)
    with open(path, "rb") as f:
        return f.read()


def values(e):
    if e.type == MULTI_SZ:
        text = e.data.decode("utf-16-le")
        assert text.endswith("\0")
        return text[:-1].split("\0")[:-1]
    return [str(e.data)]


def read(path, scratch):
    with open(path + ".pol", "rb") as f:
        src = f.read()
    parsed = ndr_unpack(preg.file, src)
    with open(path + ".lgpo", "rb") as f:
        from_lgpo = lgpo(f.read()) == src
    with open(path + ".json", "rb") as f:
        from_json = samba_json(f.read()) == src
    return {
        "entries": [{"key": e.keyname, "name": e.valuename, "type": e.type, "size": e.size, "values": values(e)} for e in parsed.entries],
        "packed": ndr_pack(parsed) == src,
        "xml": through_xml(src, scratch) == src,
        "lgpo": from_lgpo,
        "json": from_json,
    }


def some_text(rng, alphabet, most):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(1, most)))


def random_value(rng):
    """A type, the data as Samba's bindings take it, and its bytes."""
    text = some_text(rng, "aB0 %;[]é€😀\n", 20)
    number, blob = rng.getrandbits(32), rng.randbytes(rng.choice([0, 1, 2, 7, 300]))
    return rng.choice([
        (SZ, text, utf16(text + "\0")),
        (SZ, "", utf16("\0")),
        (EXPAND_SZ, text, utf16(text + "\0")),
        (BINARY, blob, blob),
        (DWORD, number, struct.pack("<I", number)),
        (DWORD_BE, number, struct.pack(">I", number)),
        (QWORD, number << 31, struct.pack("<Q", number << 31)),
        (MULTI_SZ, utf16(text + "\0\0"), utf16(text + "\0\0")),
        (8, blob, blob),
        (4711, blob, blob),
    ])


def make(rng, path):
    """Packs a random file with Samba and says what is in it."""
    f, entries, said = preg.file(), [], []
    for _ in range(rng.randint(0, 12)):
        e = preg.entry()
        e.keyname = "\\".join(some_text(rng, "abcXYZ 019;]é", 9) for _ in range(rng.randint(1, 5)))
        e.valuename = some_text(rng, "abcXYZ 019;][\\é", 30)
        e.type, e.data, data = random_value(rng)
        if rng.random() < 0.2:
            e.valuename, e.type, e.data, data = "**del." + e.valuename, SZ, " ", utf16(" \0")
        entries.append(e)
        said.append({"key": e.keyname, "name": e.valuename, "type": e.type, "data": data.hex()})
    f.header.signature, f.header.version = "PReg", 1
    f.entries, f.num_entries = entries, len(entries)
    with open(path, "wb") as out:
        out.write(ndr_pack(f))
    return said


def survives(src):
    """Whether Samba reads a file and writes the same again."""
    try:
        return ndr_pack(ndr_unpack(preg.file, src)) == src
    except Exception:
        return False


def damages(src):
    for i in range(len(src)):
        yield i, "cut", src[:i]
        yield i, "without", src[:i] + src[i + 1:]
        yield i, "doubled", src[:i] + src[i:i + 1] + src[i:]
        for value in {0, 1, 0x3B, 0x5D, 0x80, 0xD8, 0xFF, src[i] ^ 1} - {src[i]}:
            yield i, "changed", src[:i] + bytes([value]) + src[i + 1:]
    yield len(src), "longer", src + b"\0"
    yield len(src), "longer", src + utf16("[")
    yield 0, "marked", b"\xff\xfe" + src


def main(folder, seed):
    rng = random.Random(seed)
    names = sorted(n[:-4] for n in os.listdir(folder) if n.endswith(".pol") and n != "damage.pol")
    with open(os.path.join(folder, "damage.pol"), "rb") as f:
        whole = f.read()
    made = os.path.join(folder, "made")
    os.mkdir(made)
    json.dump({
        "read": {n: read(os.path.join(folder, n), os.path.join(folder, "scratch")) for n in names},
        "made": {"%02d.pol" % i: make(rng, os.path.join(made, "%02d.pol" % i)) for i in range(50)},
        "damaged": [{"at": at, "how": how, "bytes": src.hex(), "survives": survives(src)} for at, how, src in damages(whole)],
    }, sys.stdout)


main(sys.argv[1], int(sys.argv[2]))
