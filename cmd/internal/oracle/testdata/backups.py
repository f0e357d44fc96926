# Reads the backups of GPOs in the folders that are named, in one process, as Samba's
# modules take long to load. It follows each reference as an import would, and stops at the
# first that leads nowhere. What it finds is JSON on standard output.

import json
import os
import sys
import uuid
import xml.etree.ElementTree as ET

from samba.dcerpc import preg, security
from samba.gp_parse.gp_ini import GPScriptsIniParser
from samba.ndr import ndr_pack, ndr_unpack

OPS = "{http://www.microsoft.com/GroupPolicy/GPOOperations}"
MANIFEST = "{http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest}"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "gpo.portreg.invalid")


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def fields(instance):
    assert instance.tag == MANIFEST + "BackupInst", instance.tag
    return {e.tag.replace(MANIFEST, ""): e.text or "" for e in instance}


def braced(name):
    return "{" + str(uuid.uuid5(NAMESPACE, name)).upper() + "}"


def policy(src):
    file = ndr_unpack(preg.file, src)
    assert ndr_pack(file) == src
    assert all(e.keyname == r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters" for e in file.entries)
    return [[e.valuename, bytes(e.data).decode("utf-16-le").split("\0")[:-2] if e.type == 7 else str(e.data)] for e in file.entries]


def scripts(src):
    assert src[:2] == b"\xff\xfe"
    parser = GPScriptsIniParser()
    parser.parse(src)
    assert parser.ini_conf.sections() == ["Startup"], parser.ini_conf.sections()
    return dict(parser.ini_conf["Startup"])


def objects(element):
    for e in element:
        if e.tag in (OPS + "FSObjectFile", OPS + "FSObjectDir"):
            yield e
            yield from objects(e)


def backup(folder):
    manifest = ET.fromstring(read(folder, "manifest.xml"))
    [instance] = manifest
    of = fields(instance)
    root = os.path.join(folder, of["ID"])
    assert fields(ET.fromstring(read(root, "bkupInfo.xml"))) == of
    gpo = ET.fromstring(read(root, "Backup.xml")).find(OPS + "GroupPolicyObject")
    core = {e.tag.replace(OPS, ""): e.text or "" for e in gpo.find(OPS + "GroupPolicyCoreSettings")}
    name = core["DisplayName"]
    assert core["ID"] == of["GPOGuid"] == braced("gpo " + name), core["ID"]
    assert of["ID"] == braced("backup " + name) and of["GPODisplayName"] == name
    assert int(core["MachineVersionNumber"]) > 0
    sd = ndr_unpack(security.descriptor, bytes.fromhex(core["SecurityDescriptor"]))
    assert sd.as_sddl() == "O:BAG:BAD:(A;;GA;;;SY)(A;;GA;;;BA)", sd.as_sddl()
    pairs = core["MachineExtensionGuids"][1:-1].split("][")
    assert pairs == sorted(pairs)
    reached, known = set(), []
    for extension in gpo.findall(OPS + "GroupPolicyExtension"):
        known.append(extension.get(OPS + "ID").upper())
        for e in objects(extension):
            location = e.get(OPS + "Location")
            if location is None:
                assert e.get(OPS + "Path").endswith("*")
                continue
            path = os.path.join(root, *location.split("\\"))
            assert os.path.isdir(path) if e.tag == OPS + "FSObjectDir" else os.path.isfile(path), path
            if os.path.isfile(path):
                reached.add(os.path.relpath(path, root))
    assert [p[:38] for p in pairs] == [k for k in known if not k.startswith("{F15C46CD-")], known
    there = {os.path.relpath(os.path.join(d, f), root) for d, _, ff in os.walk(root) for f in ff}
    assert there == reached | {"Backup.xml", "bkupInfo.xml"}, there ^ reached
    machine = os.path.join("DomainSysvol", "GPO", "Machine")
    found = dict(name=name)
    for path in reached:
        if path == os.path.join(machine, "registry.pol"):
            found["policy"] = policy(read(root, path))
        if path == os.path.join(machine, "Scripts", "scripts.ini"):
            found["scripts"] = scripts(read(root, path))
            found["startup"] = os.path.join(root, machine, "Scripts", "Startup", found["scripts"]["0CmdLine"])
    return found


json.dump([backup(folder) for folder in sys.argv[1:]], sys.stdout)
