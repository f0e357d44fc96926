// Package gpo writes and reads backups of Group Policy objects (GPOs), as Backup-GPO and
// the Group Policy Management Console (GPMC) make them and Import-GPO takes them.
//
// # A folder of backups
//
//	manifest.xml                              the backups in the folder: a BackupInst each
//	{BACKUP}/bkupInfo.xml                     the same BackupInst
//	{BACKUP}/Backup.xml                       the GPO: settings, client-side extensions, and where each file lies
//	{BACKUP}/gpreport.xml                     a report to read; GPMC makes it, nothing needs it
//	{BACKUP}/DomainSysvol/GPO/Machine/…       the files of the GPO, byte for byte
//
// {BACKUP} is the GUID of the backup, in braces and upper case. The XML is UTF-8 without
// a byte order mark. There is no specification. This is what backups that GPMC made have
// in common, and those that Windows Server 2025 was seen to import (hraedon/gpo-studio,
// its evidence of WP-2 and of lane R10; LoicVeirman/HardenAD, Inputs/GroupPolicies):
//
//   - A BackupInst holds GPOGuid, GPODomain, GPODomainGuid, GPODomainController,
//     BackupTime, ID, Comment and GPODisplayName, each as CDATA.
//   - Backup.xml is a GroupPolicyBackupScheme of version 2.0, whose attributes have its
//     namespace, too, as bkp. It holds a GroupPolicyObject: SecurityGroups, FilePaths,
//     GroupPolicyCoreSettings, and a GroupPolicyExtension for each kind of file.
//   - An FSObjectFile or FSObjectDir names a file or folder of the GPO: Path with a
//     variable (%GPO_MACH_FSPATH%), SourceExpandedPath in the domain it is from, Location
//     in the folder of the backup. One without Location is a pattern, and holds what was
//     found. What no other extension knows, Preferences for one, is below "Unknown
//     Extension".
//   - UserVersionNumber and MachineVersionNumber have the version in the folder of the GPO
//     in one half, that in the directory in the other: 65537 is the first of both. A GPO
//     is not applied if both sides have 0 (MS-GPOL).
//   - MachineExtensionGuids is gPCMachineExtensionNames (MS-GPOL 2.2.4), [{CSE}{TOOL}…],
//     ascending by CSE. A client stops at the first that is out of order, and runs no
//     client-side extension that is not there.
//   - SecurityDescriptor is a self-relative one in hexadecimal. Import-GPO leaves access
//     rights, links and WMI filters of the GPO it imports into as they are, and replaces
//     all settings.
//   - The domain may be any, and its controller "UNKNOWN".
//
// # What is in it
//
// [Backup] holds either of these, or both:
//
//   - Machine/registry.pol (package pol), which the client-side extension
//     {35378EAC-683F-11D2-A89A-00C04FBBCFA2} applies. Windows imported such a backup that
//     had one for users beside it; GPMC's own have either alone, too.
//   - A script in Machine/Scripts/Startup, which Windows runs at its start as SYSTEM, and
//     Machine/Scripts/scripts.ini, which names it ({42B5FAAE-6536-11D2-AE5A-0000F87571E3}).
//     scripts.ini is UTF-16LE with a byte order mark. [Startup] and [Shutdown] are for
//     machines; scripts are numbered from 0 without a gap, and each has both keys,
//     0CmdLine=web.cmd and 0Parameters= (MS-GPSCR 2.2.2). The form is that of GPMC's
//     backups; the one that Windows was seen to import had no script in it.
//
// No Windows imported what this package wrote.
package gpo

import (
	"crypto/sha1"
	"fmt"
)

// The client-side extensions, and the tools that edit what they read (MS-GPREG 1.9,
// MS-GPSCR 1.9, MS-GPPREF 1.9).
const (
	registryCSE    = "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"
	registryTool   = "{D02B1F72-3407-48AE-BA88-E8213C6761F1}"
	scriptsCSE     = "{42B5FAAE-6536-11D2-AE5A-0000F87571E3}"
	scriptsTool    = "{40B6664F-4972-11D1-A7CA-0000F87571E3}"
	preferencesCSE = "{B087BE9D-ED37-454F-AF9C-04291E351182}"

	unknownExtension = "{F15C46CD-82A0-4C2D-A210-5D0D3182A418}" // of Backup.xml only
)

// The names of files, below the folder of all backups, of one, and of the GPO's machine
// side. Windows does not tell upper from lower case; Backup-GPO writes them so.
const (
	manifestFile = "manifest.xml"
	infoFile     = "bkupInfo.xml"
	backupFile   = "Backup.xml"

	machine         = "DomainSysvol/GPO/Machine"
	registryFile    = "registry.pol"
	preferencesFile = "Preferences/Registry/Registry.xml"
	scriptsFile     = "Scripts/scripts.ini"
	psScriptsFile   = "Scripts/psscripts.ini"
	startupFolder   = "Scripts/Startup"
)

// namespace is 622c9ca6-b555-5c6d-8559-2bb2fdaace55, the UUID of version 5 (RFC 9562,
// 5.5) of gpo.portreg.invalid in the name space DNS.
const namespace = "\x62\x2c\x9c\xa6\xb5\x55\x5c\x6d\x85\x59\x2b\xb2\xfd\xaa\xce\x55"

// guid gives the UUID of version 5 of name in namespace, as Group Policy writes it.
func guid(name string) string {
	u := sha1.Sum([]byte(namespace + name))
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("{%X-%X-%X-%X-%X}", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
