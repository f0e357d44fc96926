"""A domain with one Samba domain controller, for one run, as root.

dc.py STATE FOLDER... provisions a domain below the new folder STATE, starts its
controller on the loopback interface and brings the GPO of each folder, which
holds one backup, into the domain: once as Import-GPO does, file by file, and
once by samba-tool gpo restore. It leaves in each folder

    object    JSON: the GPO's attributes in the directory
    shown     what samba-tool gpo show says of it
    fetched   what samba-tool gpo fetch brings of it
    client    JSON: what a client that the GPO is linked to is told to set
    restored-object, restored  the same of the restored one

Where the kernel allows it the domain has namespaces of its own, and the host's
ports do not matter. The host's configuration is neither read nor written:
libnss-wrapper stands in for its users, its hosts and its winbind.
"""
import fcntl
import glob
import json
import os
import socket
import struct
import subprocess
import sys
import time
import traceback
import xml.etree.ElementTree as ET

import ldb
from samba.auth import system_session
from samba.credentials import SMB_SIGNING_REQUIRED, Credentials
from samba.gp import gpclass
from samba.netcmd import gpo as samba_gpo
from samba.param import LoadParm
from samba.samba3 import libsmb_samba_internal as libsmb
from samba.samba3 import param as s3param
from samba.samdb import SamDB

DC = "dc.example.test"
BASE = "DC=example,DC=test"
PASSWORD = "Passw0rd.dc"
RUNTIME = 240  # seconds, after which the controller ends by itself
PATIENCE = 60  # seconds, for it to answer
BKP = "{http://www.microsoft.com/GroupPolicy/GPOOperations}"

FILES = {
    "smb.conf": """[global]
	netbios name = DC
	workgroup = EXAMPLE
	realm = EXAMPLE.TEST
	server role = active directory domain controller
	server services = s3fs, rpc, ldap, cldap, kdc, winbindd
	interfaces = lo
	bind interfaces only = yes
	disable netbios = yes
	smb ports = 445
	private dir = {0}/private
	lock directory = {0}/lock
	state directory = {0}/state
	cache directory = {0}/cache
	pid directory = {0}/pid
	ncalrpc dir = {0}/ncalrpc
	binddns dir = {0}/binddns
	winbindd socket directory = {0}/winbindd
	ntp signd socket directory = {0}/ntp
	xattr_tdb:file = {0}/private/xattr.tdb
	log file = {0}/log.%m
	load printers = no
	disable spoolss = yes
	usershare max shares = 0
[sysvol]
	path = {0}/state/sysvol
	read only = no
[netlogon]
	path = {0}/state/sysvol/example.test/scripts
""",
    "krb5.conf": """[libdefaults]
	default_realm = EXAMPLE.TEST
	dns_lookup_realm = false
	dns_lookup_kdc = false
[realms]
	EXAMPLE.TEST = {{
		kdc = 127.0.0.1
	}}
""",
    "hosts": "127.0.0.1 dc.example.test dc\n",
    # The controller gives its accounts numbers from 3000000 on.
    "passwd": "root:x:0:0::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n"
              + "".join("u%d:x:%d:65534::/:/bin/false\n" % (n, n) for n in range(3000000, 3000100)),
    "group": "root:x:0:\nusers:x:100:\nnogroup:x:65534:\n",
}


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def run(*args):
    """Runs a program that has to end with status 0 and gives what it printed."""
    p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if p.returncode != 0:
        sys.exit("%r: status %d\n%s" % (args, p.returncode, p.stdout))
    return p.stdout


def tool(*args):
    return run("samba-tool", "gpo", *args, "-H", "ldap://" + DC, "-U", "Administrator%" + PASSWORD)


def enter(state):
    """Writes the configuration and runs this program once more with it, in
    namespaces of its own if that is allowed."""
    for folder in ("private", "lock", "state", "cache", "pid", "ncalrpc", "binddns", "tmp"):
        os.makedirs(os.path.join(state, folder))
    for name, text in FILES.items():
        write(os.path.join(state, name), text.format(state))
    os.environ.update({
        "SMB_CONF_PATH": os.path.join(state, "smb.conf"),
        "KRB5_CONFIG": os.path.join(state, "krb5.conf"),
        "KRB5CCNAME": "FILE:" + os.path.join(state, "krb5cc"),
        "TMPDIR": os.path.join(state, "tmp"),
        "LD_PRELOAD": "libnss_wrapper.so",
        "NSS_WRAPPER_PASSWD": os.path.join(state, "passwd"),
        "NSS_WRAPPER_GROUP": os.path.join(state, "group"),
        "NSS_WRAPPER_HOSTS": os.path.join(state, "hosts"),
        # Only with NSS_WRAPPER_PASSWD does Samba look there, not in /run.
        "SELFTEST_WINBINDD_SOCKET_DIR": os.path.join(state, "winbindd"),
    })
    unshare = ["unshare", "--net", "--pid", "--fork", "--kill-child"]
    allowed = subprocess.run(unshare + ["true"], stderr=subprocess.DEVNULL).returncode == 0
    args = (unshare if allowed else []) + [sys.executable] + sys.argv
    os.execvp(args[0], args)


def loopback_up():
    """Sets the interface's flag IFF_UP, which it does not have in a new
    namespace (netdevice(7))."""
    with socket.socket() as s:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(s, 0x8913, request))[1]
        if not flags & 1:
            fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))


def provision():
    run("samba-tool", "domain", "provision", "--server-role=dc", "--realm=EXAMPLE.TEST",
        "--domain=EXAMPLE", "--adminpass=" + PASSWORD, "--host-name=dc",
        "--host-ip=127.0.0.1", "--dns-backend=NONE")
    # Else samba_spnupdate adds this, in its time.
    run("samba-tool", "spn", "add", "ldap/" + DC, "DC$")


class Domain:
    """The running domain, as its administrator sees it."""

    def __init__(self):
        self.lp = LoadParm()
        self.lp.load_default()
        self.s3 = s3param.get_context()
        self.s3.load(os.environ["SMB_CONF_PATH"])
        creds = Credentials()
        creds.guess(self.lp)
        creds.set_username("Administrator")
        creds.set_password(PASSWORD)
        creds.set_smb_signing(SMB_SIGNING_REQUIRED)
        self.sam = SamDB(url="ldap://" + DC, session_info=system_session(), credentials=creds, lp=self.lp)
        self.sysvol = libsmb.Conn(DC, "sysvol", lp=self.s3, creds=creds)

    def gpo(self, name):
        return self.sam.search("CN=Policies,CN=System," + BASE,
                               expression="(displayName=%s)" % ldb.binary_encode(name))[0]


def start(state):
    """Starts the controller and waits until it answers."""
    log = os.path.join(state, "samba.log")
    with open(log, "w") as f:
        samba = subprocess.Popen(["samba", "-F", "--no-process-group", "--debug-stdout",
                                  "--maximum-runtime=%d" % RUNTIME], stdout=f, stderr=f)
    deadline = time.monotonic() + PATIENCE
    while not answers():
        if samba.poll() is not None or time.monotonic() > deadline:
            with open(log) as f:
                sys.exit("the domain controller does not answer:\n" + f.read())
        time.sleep(0.1)
    return samba


def answers():
    for port in (88, 135, 389, 445):
        try:
            socket.create_connection((DC, port)).close()
        except OSError:
            return False
    return True


class Backup:
    """The one backup that a folder has."""

    def __init__(self, folder):
        backup, = glob.glob(os.path.join(glob.escape(folder), "{*}"))
        settings = ET.parse(os.path.join(backup, "Backup.xml")).find(".//" + BKP + "GroupPolicyCoreSettings")
        text = {e.tag[len(BKP):]: e.text for e in settings}
        self.name = text["DisplayName"]
        self.version = text["MachineVersionNumber"]
        self.extensions = text["MachineExtensionGuids"]
        self.files = os.path.join(backup, "DomainSysvol", "GPO")


def import_gpo(domain, backup):
    """Does what Import-GPO does: a new GPO gets the backup's files as they are
    and its list of extensions."""
    tool("create", backup.name)
    gpo = domain.gpo(backup.name)
    folder = "example.test\\Policies\\" + str(gpo["name"])
    samba_gpo.copy_directory_local_to_remote(domain.sysvol, backup.files, folder, ignore_existing_dir=True)
    domain.sysvol.savefile(folder + "\\GPT.INI", b"[General]\r\nVersion=%s\r\n" % backup.version.encode())
    m = ldb.Message()
    m.dn = gpo.dn
    for name, value in ("gPCMachineExtensionNames", backup.extensions), ("versionNumber", backup.version):
        m[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    domain.sam.modify(m)
    return str(gpo["name"])


class Local:
    """A folder, for samba-tool gpo backup's function, which takes an SMB
    connection."""

    def list(self, folder, attribs):
        return [{"name": e.name, "attrib": libsmb.FILE_ATTRIBUTE_DIRECTORY if e.is_dir() else 0}
                for e in os.scandir(folder.replace("\\", "/"))]

    def loadfile(self, path):
        with open(path.replace("\\", "/"), "rb") as f:
            return f.read()


def restore_gpo(domain, backup, scratch):
    """Makes of the backup what samba-tool gpo backup would have made of its
    GPO, and has samba-tool restore that."""
    source = os.path.join(scratch, "backup")
    samba_gpo.backup_directory_remote_to_local(Local(), backup.files, source)
    write(os.path.join(source, "gPCMachineExtensionNames.SAMBAEXT"), backup.extensions)
    name = backup.name + " (restored)"
    # Without --tmpdir Samba 4.17 looks for a folder that it has removed.
    out = tool("restore", name, source, "--tmpdir", scratch)
    if "Error during parsing" in out:
        sys.exit(out)
    return domain.gpo(name)


def fetch(gpo, scratch, to):
    os.mkdir(scratch)
    tool("fetch", gpo, "--tmpdir", scratch)
    os.rename(os.path.join(scratch, "policy", gpo), to)


class Settings(gpclass.gp_pol_ext):
    """A client-side extension: what the GPOs have in Registry.pol."""

    seen = {}

    def process_group_policy(self, deleted, changed):
        for gpo in changed:
            if gpo.file_sys_path:
                pol = self.parse(os.path.join(gpo.file_sys_path, "MACHINE/REGISTRY.POL"))
                self.seen[gpo.display_name] = [setting(e) for e in pol.entries] if pol else []


def setting(e):
    values = e.data
    if e.type == 7:
        values = bytes(e.data).decode("utf-16-le").split("\0")[:-2]
    return {"Key": e.keyname, "Name": e.valuename, "Type": e.type, "Size": e.size,
            "Values": values if isinstance(values, list) else [str(values)]}


def client(domain, state, gpo):
    """Has Samba's Group Policy client, with the controller as the machine, take
    the GPO from the domain, and gives the settings of all GPOs in scope."""
    creds = Credentials()
    creds.guess(domain.lp)
    creds.set_machine_account(domain.lp)
    gpclass.get_dc_hostname = lambda creds, lp: DC  # there is no DNS to ask
    gpclass.log.error = failed
    Settings.seen = {}
    tool("setlink", "OU=Domain Controllers," + BASE, gpo)
    gpclass.apply_gp(domain.s3, creds, gpclass.GPOStorage(os.path.join(state, "gpo.tdb")),
                     [Settings], creds.get_username(), "Computer", True)
    tool("dellink", "OU=Domain Controllers," + BASE, gpo)
    return Settings.seen


def failed(message, data=None):
    """In place of the client's log: to go on after an error is to see nothing."""
    sys.exit("%s %s\n%s" % (message, data, traceback.format_exc()))


def attributes(gpo):
    return {name: str(gpo[name]) for name in ("displayName", "gPCMachineExtensionNames", "versionNumber") if name in gpo}


def take(domain, state, folder):
    backup = Backup(folder)
    scratch = os.path.join(state, "tmp", os.path.basename(folder))
    os.mkdir(scratch)
    gpo = import_gpo(domain, backup)
    write(os.path.join(folder, "shown"), tool("show", gpo))
    write(os.path.join(folder, "object"), json.dumps(attributes(domain.gpo(backup.name))))
    fetch(gpo, os.path.join(scratch, "fetch"), os.path.join(folder, "fetched"))
    write(os.path.join(folder, "client"), json.dumps(client(domain, state, gpo)))
    restored = restore_gpo(domain, backup, scratch)
    write(os.path.join(folder, "restored-object"), json.dumps(attributes(restored)))
    fetch(str(restored["name"]), os.path.join(scratch, "fetch restored"), os.path.join(folder, "restored"))


def main(state, *folders):
    if "NSS_WRAPPER_HOSTS" not in os.environ:
        enter(state)
    loopback_up()
    provision()
    samba = start(state)
    try:
        domain = Domain()
        for folder in folders:
            take(domain, state, folder)
    finally:
        samba.terminate()
        samba.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
