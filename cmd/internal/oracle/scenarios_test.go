package oracle

import "fmt"

const noLog = "no log of an earlier run of web: nothing is released"

var scenarios = []scenario{
	{
		name: "fresh machine",
		steps: []step{
			{list: "8000-8039/tcp, 1433/udp, 443",
				report: noLog + `
					443/tcp: added
					8000-8039/tcp: added
					443/udp: added
					1433/udp: added
					CHANGED 0 4 0 0 0`,
				after: `
					+exclude tcp 443 443
					+exclude tcp 8000 8039
					+exclude udp 443 443
					+exclude udp 1433 1433`,
				log: `
					# listed 443-443/tcp
					# listed 8000-8039/tcp
					# listed 443-443/udp
					# listed 1433-1433/udp
					443-443/tcp
					8000-8039/tcp
					443-443/udp
					1433-1433/udp`,
				calls: `
					add tcp 443-443
					add tcp 8000-8039
					add udp 443-443
					add udp 1433-1433`},
			{flags: "--undo",
				report: `
					443/tcp: released
					8000-8039/tcp: released
					443/udp: released
					1433/udp: released
					CHANGED 0 0 4 0 0`,
				after: `
					-exclude tcp 443 443
					-exclude tcp 8000 8039
					-exclude udp 443 443
					-exclude udp 1433 1433`,
				calls: `
					delete tcp 443-443
					delete tcp 8000-8039
					delete udp 443-443
					delete udp 1433-1433`},
			{flags: "--undo",
				report: `
					no log of web: nothing to take back
					OK 0 0 0 0 0`,
				calls: "none"},
		},
	},
	{
		name: "second run",
		steps: []step{
			{list: "8000-8039/tcp, 1433/udp",
				report: noLog + `
					8000-8039/tcp: added
					1433/udp: added
					CHANGED 0 2 0 0 0`,
				after: `
					+exclude tcp 8000 8039
					+exclude udp 1433 1433`,
				log: `
					# listed 8000-8039/tcp
					# listed 1433-1433/udp
					8000-8039/tcp
					1433-1433/udp`},
			{list: "8000-8039/tcp, 1433/udp",
				report: `
					8000-8039/tcp: already excluded
					1433/udp: already excluded
					OK 2 0 0 0 0`,
				log: `
					# listed 8000-8039/tcp
					# listed 1433-1433/udp
					8000-8039/tcp
					1433-1433/udp`,
				calls: "none"},
			{flags: "--undo",
				report: `
					8000-8039/tcp: released
					1433/udp: released
					CHANGED 0 0 2 0 0`,
				after: `
					-exclude tcp 8000 8039
					-exclude udp 1433 1433`},
		},
	},
	{
		name:    "partial overlap with a * row",
		machine: "+exclude tcp 8010 8019",
		steps: []step{
			{list: "8000-8039/tcp, 50000-50069/tcp",
				report: noLog + `
					8000-8009/tcp: added
					8010-8019/tcp: already excluded
					8020-8039/tcp: added
					50000-50059/tcp: already excluded
					50060-50069/tcp: added
					CHANGED 2 3 0 0 0`,
				after: `
					+exclude tcp 8000 8009
					+exclude tcp 8020 8039
					+exclude tcp 50060 50069`,
				log: `
					# listed 8000-8039/tcp
					# listed 50000-50069/tcp
					8000-8009/tcp
					8020-8039/tcp
					50060-50069/tcp`,
				calls: `
					add tcp 8000-8009
					add tcp 8020-8039
					add tcp 50060-50069`},
			{flags: "--undo",
				report: `
					8000-8009/tcp: released
					8020-8039/tcp: released
					50060-50069/tcp: released
					CHANGED 0 0 3 0 0`,
				after: `
					-exclude tcp 8000 8009
					-exclude tcp 8020 8039
					-exclude tcp 50060 50069`},
		},
	},
	{
		name:    "all excluded by somebody else",
		machine: "+exclude tcp 8000 8039",
		steps: []step{
			{list: "8010-8019/tcp",
				report: noLog + `
					8010-8019/tcp: already excluded
					OK 1 0 0 0 0`,
				log:   "# listed 8010-8019/tcp",
				calls: "none"},
			{list: "8000/tcp",
				report: `
					8000/tcp: already excluded
					OK 1 0 0 0 0`,
				log:   "# listed 8000-8000/tcp",
				calls: "none"},
			{flags: "--undo", report: "OK 0 0 0 0 0", calls: "none"},
		},
	},
	{
		name: "touching growth",
		steps: []step{
			{list: "8000-8039/tcp",
				report: noLog + `
					8000-8039/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8039",
				log:   "# listed 8000-8039/tcp\n8000-8039/tcp"},
			{list: "7990-8049/tcp",
				report: `
					7990-7999/tcp: added
					8000-8039/tcp: already excluded
					8040-8049/tcp: added
					CHANGED 1 2 0 0 0`,
				after: "+exclude tcp 7990 7999\n+exclude tcp 8040 8049",
				log: `
					# listed 7990-8049/tcp
					7990-7999/tcp
					8000-8039/tcp
					8040-8049/tcp`,
				calls: "add tcp 7990-7999\nadd tcp 8040-8049"},
			{flags: "--undo",
				report: `
					7990-7999/tcp: released
					8000-8039/tcp: released
					8040-8049/tcp: released
					CHANGED 0 0 3 0 0`,
				after: "-exclude tcp 7990 7999\n-exclude tcp 8000 8039\n-exclude tcp 8040 8049"},
		},
	},
	{
		name: "shrink at the edge",
		steps: []step{
			{list: "8000-8039/tcp, 9000/udp",
				report: noLog + `
					8000-8039/tcp: added
					9000/udp: added
					CHANGED 0 2 0 0 0`,
				after: "+exclude tcp 8000 8039\n+exclude udp 9000 9000",
				log: `
					# listed 8000-8039/tcp
					# listed 9000-9000/udp
					8000-8039/tcp
					9000-9000/udp`},
			{list: "8000-8029/tcp, 9000/udp",
				report: `
					8000-8029/tcp: added again
					8030-8039/tcp: released
					9000/udp: already excluded
					CHANGED 1 1 1 0 0`,
				after: "-exclude tcp 8000 8039\n+exclude tcp 8000 8029",
				log: `
					# listed 8000-8029/tcp
					# listed 9000-9000/udp
					8000-8029/tcp
					9000-9000/udp`,
				calls: "delete tcp 8000-8039\nadd tcp 8000-8029"},
			{list: "8000-8029/tcp",
				report: `
					9000/udp: released
					8000-8029/tcp: already excluded
					CHANGED 1 0 1 0 0`,
				after: "-exclude udp 9000 9000",
				log:   "# listed 8000-8029/tcp\n8000-8029/tcp",
				calls: "delete udp 9000-9000"},
			{flags: "--undo",
				report: `
					8000-8029/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 8000 8029"},
		},
	},
	{
		name: "shrink in the middle",
		steps: []step{
			{list: "8000-8039/tcp",
				report: noLog + `
					8000-8039/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8039",
				log:   "# listed 8000-8039/tcp\n8000-8039/tcp"},
			{list: "8000-8009/tcp, 8030-8044/tcp",
				report: `
					8000-8009/tcp: added again
					8010-8029/tcp: released
					8030-8039/tcp: added again
					8040-8044/tcp: added
					CHANGED 0 3 1 0 0`,
				after: `
					-exclude tcp 8000 8039
					+exclude tcp 8000 8009
					+exclude tcp 8030 8039
					+exclude tcp 8040 8044`,
				log: `
					# listed 8000-8009/tcp
					# listed 8030-8044/tcp
					8000-8009/tcp
					8030-8039/tcp
					8040-8044/tcp`,
				calls: `
					delete tcp 8000-8039
					add tcp 8000-8009
					add tcp 8030-8039
					add tcp 8040-8044`},
			{flags: "--undo",
				report: `
					8000-8009/tcp: released
					8030-8039/tcp: released
					8040-8044/tcp: released
					CHANGED 0 0 3 0 0`,
				after: `
					-exclude tcp 8000 8009
					-exclude tcp 8030 8039
					-exclude tcp 8040 8044`},
		},
	},
	{
		name: "shrink, and a port is taken before it is added again",
		steps: []step{
			{list: "8000-8039/tcp",
				report: noLog + `
					8000-8039/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8039",
				log:   "# listed 8000-8039/tcp\n8000-8039/tcp"},
			{list: "8000-8007/tcp", edits: "+after delete 1 busy tcp 8004 8004", status: 12,
				report: `
					8000-8003/tcp: added again
					8004/tcp: could not be added again
					8005-8007/tcp: added again
					8008-8039/tcp: released
					FAILED 0 2 1 0 1`,
				after: `
					-after delete 1 busy tcp 8004 8004
					+busy tcp 8004 8004
					-exclude tcp 8000 8039
					+exclude tcp 8000 8003
					+exclude tcp 8005 8005
					+exclude tcp 8006 8007`,
				log: `
					# listed 8000-8007/tcp
					8000-8003/tcp
					8005-8005/tcp
					8006-8007/tcp`},
			{list: "8000-8007/tcp", edits: "-busy tcp 8004 8004",
				report: `
					8000-8003/tcp: already excluded
					8004/tcp: added
					8005-8007/tcp: already excluded
					CHANGED 2 1 0 0 0`,
				after: "+exclude tcp 8004 8004",
				log: `
					# listed 8000-8007/tcp
					8000-8003/tcp
					8004-8004/tcp
					8005-8005/tcp
					8006-8007/tcp`,
				calls: "add tcp 8004-8004"},
			{flags: "--undo --name web",
				report: `
					8000-8003/tcp: released
					8004/tcp: released
					8005/tcp: released
					8006-8007/tcp: released
					CHANGED 0 0 4 0 0`,
				after: `
					-exclude tcp 8000 8003
					-exclude tcp 8004 8004
					-exclude tcp 8005 8005
					-exclude tcp 8006 8007`},
		},
	},
	{
		name: "a block is not released",
		steps: []step{
			{list: "8000-8039/tcp",
				report: noLog + `
					8000-8039/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8039",
				log:   "# listed 8000-8039/tcp\n8000-8039/tcp"},
			{list: "8000-8009/tcp", edits: "+fault delete * refuse", status: 11,
				report: `
					8000-8039/tcp: not released
					8000-8009/tcp: already excluded
					FAILED 1 0 0 0 0`,
				log:   "# listed 8000-8009/tcp\n8000-8039/tcp",
				calls: "!delete tcp 8000-8039"},
			{flags: "--undo", status: 11,
				report: `
					8000-8039/tcp: not released
					FAILED 0 0 0 0 0`,
				log:   "8000-8039/tcp",
				calls: "!delete tcp 8000-8039"},
			{flags: "--undo", edits: "-fault delete * refuse",
				report: `
					8000-8039/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 8000 8039"},
		},
	},
	{
		name: "an empty list",
		steps: []step{
			{list: "8000-8039/tcp",
				report: noLog + `
					8000-8039/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8039",
				log:   "# listed 8000-8039/tcp\n8000-8039/tcp"},
			{flags: "--allow-empty", list: "# nothing",
				report: `
					8000-8039/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 8000 8039",
				log:   "-"},
			{flags: "--undo", report: "OK 0 0 0 0 0", calls: "none"},
		},
	},
	{
		name: "lost log",
		steps: []step{
			{list: "8000-8039/tcp",
				report: noLog + `
					8000-8039/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8039",
				log:   "# listed 8000-8039/tcp\n8000-8039/tcp"},
			{list: "8000-8009/tcp, 9000/tcp", write: "-",
				report: noLog + `
					8000-8009/tcp: already excluded
					9000/tcp: added
					CHANGED 1 1 0 0 0`,
				after: "+exclude tcp 9000 9000",
				log: `
					# listed 8000-8009/tcp
					# listed 9000-9000/tcp
					9000-9000/tcp`,
				calls: "add tcp 9000-9000"},
			{flags: "--undo",
				report: `
					9000/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 9000 9000"},
		},
		left: "+exclude tcp 8000 8039",
	},
	{
		name: "logged blocks that somebody else deleted",
		steps: []step{
			{list: "8000-8039/tcp, 9000-9009/tcp",
				report: noLog + `
					8000-8039/tcp: added
					9000-9009/tcp: added
					CHANGED 0 2 0 0 0`,
				after: "+exclude tcp 8000 8039\n+exclude tcp 9000 9009",
				log: `
					# listed 8000-8039/tcp
					# listed 9000-9009/tcp
					8000-8039/tcp
					9000-9009/tcp`},
			{list: "8000-8009/tcp", edits: "-exclude tcp 8000 8039\n+exclude tcp 8000 8003",
				report: `
					9000-9009/tcp: released
					8000-8003/tcp: already excluded
					8004-8009/tcp: added
					CHANGED 1 1 1 0 0`,
				after: "-exclude tcp 9000 9009\n+exclude tcp 8004 8009",
				log:   "# listed 8000-8009/tcp\n8004-8009/tcp",
				calls: "delete tcp 9000-9009\nadd tcp 8004-8009"},
			{flags: "--undo", edits: "-exclude tcp 8004 8009",
				report: "OK 0 0 0 0 0",
				calls:  "none"},
		},
		left: "+exclude tcp 8000 8003",
	},
	{
		name: "two names, apart",
		steps: []step{
			{list: "8000-8039/tcp",
				report: noLog + `
					8000-8039/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8039",
				log:   "# listed 8000-8039/tcp\n8000-8039/tcp"},
			{flags: "--name db", list: "1433/tcp",
				report: `
					no log of an earlier run of db: nothing is released
					1433/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 1433 1433",
				log:   "# listed 1433-1433/tcp\n1433-1433/tcp"},
			{flags: "--undo",
				report: `
					8000-8039/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 8000 8039"},
			{flags: "--name db", list: "1433/tcp",
				report: `
					1433/tcp: already excluded
					OK 1 0 0 0 0`,
				log:   "# listed 1433-1433/tcp\n1433-1433/tcp",
				calls: "none"},
			{flags: "--undo --name db",
				report: `
					1433/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 1433 1433"},
		},
	},
	{
		name: "two names that share ports",
		steps: []step{
			{list: "8000-8039/tcp",
				report: noLog + `
					8000-8039/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8039",
				log:   "# listed 8000-8039/tcp\n8000-8039/tcp"},
			{flags: "--name db", list: "8030-8049",
				report: `
					no log of an earlier run of db: nothing is released
					8030-8039/tcp: already excluded
					8040-8049/tcp: added
					8030-8049/udp: added
					CHANGED 1 2 0 0 0`,
				after: "+exclude tcp 8040 8049\n+exclude udp 8030 8049",
				log: `
					# listed 8030-8049/tcp
					# listed 8030-8049/udp
					8040-8049/tcp
					8030-8049/udp`,
				calls: "add tcp 8040-8049\nadd udp 8030-8049"},
			{list: "8000-8009/tcp",
				report: `
					8000-8009/tcp: added again
					8010-8029/tcp: released
					8030-8039/tcp: added again
					CHANGED 0 2 1 0 0`,
				after: `
					-exclude tcp 8000 8039
					+exclude tcp 8000 8009
					+exclude tcp 8030 8039`,
				log: `
					# listed 8000-8009/tcp
					8000-8009/tcp
					8030-8039/tcp`,
				calls: `
					delete tcp 8000-8039
					add tcp 8000-8009
					add tcp 8030-8039`},
			{list: "8000-8009/tcp",
				report: `
					8000-8009/tcp: already excluded
					OK 1 0 0 0 0`,
				log: `
					# listed 8000-8009/tcp
					8000-8009/tcp
					8030-8039/tcp`,
				calls: "none"},
			{flags: "--undo",
				report: `
					8030-8039/tcp: still listed by db
					8000-8009/tcp: released
					8030-8039/tcp: released
					CHANGED 0 0 2 0 0`,
				after: "-exclude tcp 8000 8009\n-exclude tcp 8030 8039"},
			{flags: "--name db", list: "8030-8049",
				report: `
					8030-8039/tcp: added
					8040-8049/tcp: already excluded
					8030-8049/udp: already excluded
					CHANGED 2 1 0 0 0`,
				after: "+exclude tcp 8030 8039",
				log: `
					# listed 8030-8049/tcp
					# listed 8030-8049/udp
					8030-8039/tcp
					8040-8049/tcp
					8030-8049/udp`,
				calls: "add tcp 8030-8039"},
			{flags: "--undo --name db",
				report: `
					8030-8039/tcp: released
					8040-8049/tcp: released
					8030-8049/udp: released
					CHANGED 0 0 3 0 0`,
				after: `
					-exclude tcp 8030 8039
					-exclude tcp 8040 8049
					-exclude udp 8030 8049`},
		},
	},
	{
		name: "empty tables",
		machine: `
			-exclude tcp 50000 50059
			-exclude udp 50000 50059
			-runtime tcp 5357 5357
			-winnat tcp 58000 58099
			-winnat udp 58100 58199`,
		steps: []step{
			{list: "8000-8039",
				report: noLog + `
					8000-8039/tcp: added
					8000-8039/udp: added
					CHANGED 0 2 0 0 0`,
				after: "+exclude tcp 8000 8039\n+exclude udp 8000 8039",
				log: `
					# listed 8000-8039/tcp
					# listed 8000-8039/udp
					8000-8039/tcp
					8000-8039/udp`},
			{flags: "--undo",
				report: `
					8000-8039/tcp: released
					8000-8039/udp: released
					CHANGED 0 0 2 0 0`,
				after: "-exclude tcp 8000 8039\n-exclude udp 8000 8039"},
		},
	},
	{
		name:    "the first port and the last",
		machine: "+exclude tcp 2 2\n+exclude udp 65534 65534",
		steps: []step{
			{list: "1/tcp, 65535/tcp, 1-2/udp, 65533-65535/udp",
				report: noLog + `
					1/tcp: added
					65535/tcp: added
					1-2/udp: added
					65533/udp: added
					65534/udp: already excluded
					65535/udp: added
					CHANGED 1 5 0 0 0`,
				after: `
					+exclude tcp 1 1
					+exclude tcp 65535 65535
					+exclude udp 1 2
					+exclude udp 65533 65533
					+exclude udp 65535 65535`,
				log: `
					# listed 1-1/tcp
					# listed 65535-65535/tcp
					# listed 1-2/udp
					# listed 65533-65535/udp
					1-1/tcp
					65535-65535/tcp
					1-2/udp
					65533-65533/udp
					65535-65535/udp`},
			{flags: "--undo",
				report: `
					1/tcp: released
					65535/tcp: released
					1-2/udp: released
					65533/udp: released
					65535/udp: released
					CHANGED 0 0 5 0 0`,
				after: `
					-exclude tcp 1 1
					-exclude tcp 65535 65535
					-exclude udp 1 2
					-exclude udp 65533 65533
					-exclude udp 65535 65535`},
		},
	},
	{
		name:    "port in use",
		machine: "+busy tcp 8013 8013",
		steps: []step{
			{list: "8000-8031", status: 12,
				report: noLog + `
					8000-8012/tcp: added
					8013/tcp: in use, or refused by netsh
					8014-8031/tcp: added
					8000-8031/udp: added
					FAILED 0 3 0 0 1`,
				after: `
					+exclude tcp 8000 8007
					+exclude tcp 8008 8011
					+exclude tcp 8012 8012
					+exclude tcp 8014 8015
					+exclude tcp 8016 8031
					+exclude udp 8000 8031`,
				log: `
					# listed 8000-8031/tcp
					# listed 8000-8031/udp
					8000-8007/tcp
					8008-8011/tcp
					8012-8012/tcp
					8014-8015/tcp
					8016-8031/tcp
					8000-8031/udp`},
			{list: "8000-8031", edits: "-busy tcp 8013 8013",
				report: `
					8000-8012/tcp: already excluded
					8013/tcp: added
					8014-8031/tcp: already excluded
					8000-8031/udp: already excluded
					CHANGED 3 1 0 0 0`,
				after: "+exclude tcp 8013 8013",
				log: `
					# listed 8000-8031/tcp
					# listed 8000-8031/udp
					8000-8007/tcp
					8008-8011/tcp
					8012-8012/tcp
					8013-8013/tcp
					8014-8015/tcp
					8016-8031/tcp
					8000-8031/udp`,
				calls: "add tcp 8013-8013"},
			{flags: "--undo",
				report: `
					8000-8007/tcp: released
					8008-8011/tcp: released
					8012/tcp: released
					8013/tcp: released
					8014-8015/tcp: released
					8016-8031/tcp: released
					8000-8031/udp: released
					CHANGED 0 0 7 0 0`,
				after: `
					-exclude tcp 8000 8007
					-exclude tcp 8008 8011
					-exclude tcp 8012 8012
					-exclude tcp 8013 8013
					-exclude tcp 8014 8015
					-exclude tcp 8016 8031
					-exclude udp 8000 8031`},
		},
		left: "-busy tcp 8013 8013",
	},
	{
		name: "netsh says yes and does nothing",
		steps: []step{
			{list: "8000-8039/tcp, 9000/tcp", edits: "+fault add 1 silent", status: 12,
				report: noLog + `
					8000-8039/tcp: in use, or refused by netsh
					9000/tcp: added
					FAILED 0 1 0 0 1`,
				after: "+exclude tcp 9000 9000",
				log: `
					# listed 8000-8039/tcp
					# listed 9000-9000/tcp
					9000-9000/tcp`},
			{flags: "--undo", edits: "-fault add 1 silent",
				report: `
					9000/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 9000 9000"},
		},
	},
	{
		name: "rows of HTTP.sys in the way",
		steps: []step{
			{list: "5350-5360/tcp", status: 12,
				report: noLog + `
					5350-5356/tcp: added
					5357/tcp: blocked by a runtime reservation
					5358-5360/tcp: added
					FAILED 0 2 0 1 0`,
				after: "+exclude tcp 5350 5356\n+exclude tcp 5358 5360",
				log: `
					# listed 5350-5360/tcp
					5350-5356/tcp
					5358-5360/tcp`,
				calls: `
					!add tcp 5350-5360
					add tcp 5350-5356
					!add tcp 5357-5357
					add tcp 5358-5360`},
			{flags: "--undo",
				report: `
					5350-5356/tcp: released
					5358-5360/tcp: released
					CHANGED 0 0 2 0 0`,
				after: "-exclude tcp 5350 5356\n-exclude tcp 5358 5360"},
		},
	},
	{
		name: "WinNAT in the way",
		steps: []step{
			{list: "57990-58009/tcp", status: 12,
				report: noLog + `
					57990-57999/tcp: added
					58000-58009/tcp: blocked by a runtime reservation
					FAILED 0 1 0 1 0`,
				after: "+exclude tcp 57990 57999",
				log:   "# listed 57990-58009/tcp\n57990-57999/tcp",
				calls: `
					!add tcp 57990-58009
					add tcp 57990-57999
					!add tcp 58000-58009`},
			{flags: "--release-winnat", list: "57990-58009/tcp",
				report: `
					WinNAT stopped
					WinNAT started again
					57990-57999/tcp: already excluded
					58000-58009/tcp: added
					CHANGED 1 1 0 0 0`,
				after: `
					-winnat tcp 58000 58099
					+winnat tcp 58010 58109
					+exclude tcp 58000 58009`,
				log: `
					# listed 57990-58009/tcp
					57990-57999/tcp
					58000-58009/tcp`,
				calls: `
					stop winnat
					add tcp 58000-58009
					start winnat`},
			{flags: "--release-winnat", list: "57990-58009/tcp",
				report: `
					57990-58009/tcp: already excluded
					OK 1 0 0 0 0`,
				log: `
					# listed 57990-58009/tcp
					57990-57999/tcp
					58000-58009/tcp`,
				calls: "none"},
			{flags: "--undo",
				report: `
					57990-57999/tcp: released
					58000-58009/tcp: released
					CHANGED 0 0 2 0 0`,
				after: "-exclude tcp 57990 57999\n-exclude tcp 58000 58009"},
		},
		left: "-winnat tcp 58000 58099\n+winnat tcp 58010 58109",
	},
	{
		name:    "WinNAT is started again when an add fails",
		machine: "+busy tcp 57998 57998",
		steps: []step{
			{flags: "--release-winnat", list: "57996-58003/tcp", status: 12,
				report: noLog + `
					WinNAT stopped
					WinNAT started again
					57996-57997/tcp: added
					57998/tcp: in use, or refused by netsh
					57999-58003/tcp: added
					FAILED 0 2 0 0 1`,
				after: `
					-winnat tcp 58000 58099
					+winnat tcp 58004 58103
					+exclude tcp 57996 57997
					+exclude tcp 57999 57999
					+exclude tcp 58000 58003`,
				log: `
					# listed 57996-58003/tcp
					57996-57997/tcp
					57999-57999/tcp
					58000-58003/tcp`},
			{flags: "--undo",
				report: `
					57996-57997/tcp: released
					57999/tcp: released
					58000-58003/tcp: released
					CHANGED 0 0 3 0 0`,
				after: `
					-exclude tcp 57996 57997
					-exclude tcp 57999 57999
					-exclude tcp 58000 58003`},
		},
		left: "-winnat tcp 58000 58099\n+winnat tcp 58004 58103",
	},
	{
		name: "WinNAT is started again when all adds fail",
		steps: []step{
			{flags: "--release-winnat", list: "57999-58000/tcp", edits: "+fault add * refuse", status: 12,
				report: noLog + `
					WinNAT stopped
					WinNAT started again
					57999/tcp: in use, or refused by netsh
					58000/tcp: blocked by a runtime reservation
					FAILED 0 0 0 1 1`,
				log: "# listed 57999-58000/tcp"},
			{flags: "--undo", edits: "-fault add * refuse", report: "OK 0 0 0 0 0", calls: "none"},
		},
	},
	{
		name:    "WinNAT does not run",
		machine: "-service running\n+service stopped\n+runtime udp 59000 59099",
		steps: []step{
			{flags: "--release-winnat", list: "59099-59100/udp", status: 12,
				report: noLog + `
					59099/udp: blocked by a runtime reservation
					59100/udp: added
					FAILED 0 1 0 1 0`,
				after: "+exclude udp 59100 59100",
				log:   "# listed 59099-59100/udp\n59100-59100/udp",
				calls: `
					!add udp 59099-59100
					!add udp 59099-59099
					add udp 59100-59100`},
			{flags: "--undo",
				report: `
					59100/udp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude udp 59100 59100"},
		},
	},
	{
		name:    "WinNAT is not installed",
		machine: "-service running\n+service absent\n+runtime udp 59000 59099",
		steps: []step{
			{flags: "--release-winnat", list: "59099/udp", status: 12,
				report: noLog + `
					59099/udp: blocked by a runtime reservation
					FAILED 0 0 0 1 0`,
				log:   "# listed 59099-59099/udp",
				calls: "!add udp 59099-59099"},
			{flags: "--undo", report: "OK 0 0 0 0 0", calls: "none"},
		},
	},
	{
		name: "WinNAT is elsewhere",
		steps: []step{
			{flags: "--release-winnat", list: "8000/tcp, 58000/udp, 58100/tcp",
				report: noLog + `
					8000/tcp: added
					58100/tcp: added
					58000/udp: added
					CHANGED 0 3 0 0 0`,
				after: `
					+exclude tcp 8000 8000
					+exclude tcp 58100 58100
					+exclude udp 58000 58000`,
				log: `
					# listed 8000-8000/tcp
					# listed 58100-58100/tcp
					# listed 58000-58000/udp
					8000-8000/tcp
					58100-58100/tcp
					58000-58000/udp`,
				calls: `
					add tcp 8000-8000
					add tcp 58100-58100
					add udp 58000-58000`},
			{flags: "--undo",
				report: `
					8000/tcp: released
					58100/tcp: released
					58000/udp: released
					CHANGED 0 0 3 0 0`,
				after: `
					-exclude tcp 8000 8000
					-exclude tcp 58100 58100
					-exclude udp 58000 58000`},
		},
	},
	{
		name: "WinNAT cannot be stopped",
		steps: []step{
			{flags: "--release-winnat", list: "58000/tcp", edits: "+fault stop * refuse", status: 12,
				report: noLog + `
					WinNAT could not be stopped
					58000/tcp: blocked by a runtime reservation
					FAILED 0 0 0 1 0`,
				log:   "# listed 58000-58000/tcp",
				calls: "!stop winnat\n!add tcp 58000-58000"},
			{flags: "--undo", edits: "-fault stop * refuse", report: "OK 0 0 0 0 0", calls: "none"},
		},
	},
	{
		name: "WinNAT cannot be started again",
		steps: []step{
			{flags: "--release-winnat", list: "58000/tcp", edits: "+fault start * refuse", status: 13,
				report: noLog + `
					WinNAT stopped
					WinNAT could not be started again
					58000/tcp: added
					FAILED 0 1 0 0 0`,
				after: `
					-service running
					+service stopped
					+exclude tcp 58000 58000`,
				log: "# listed 58000-58000/tcp\n# winnat is to be started again\n58000-58000/tcp"},
			{flags: "--undo", edits: "-fault start * refuse",
				report: `
					WinNAT started again
					58000/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 58000 58000\n-service stopped\n+service running"},
		},
	},
	{
		name: "WinNAT is started again when netsh shows nothing any more",
		steps: []step{
			{flags: "--release-winnat", list: "58000/tcp", edits: "+after stop 1 fault show * silent", status: 14,
				report: noLog + `
					WinNAT stopped
					WinNAT started again
					portreg web: netsh shows no table any more; what is excluded now is not known
					FAILED 0 0 0 0 0`,
				after: "-after stop 1 fault show * silent\n+fault show * silent",
				log:   "# listed 58000-58000/tcp\n# winnat is to be started again",
				calls: "stop winnat\nstart winnat"},
			{flags: "--undo", edits: "-fault show * silent", report: "OK 0 0 0 0 0", calls: "none"},
		},
	},
	{
		name: "netsh shows nothing after the adds",
		steps: []step{
			{list: "8000/tcp, 9000/tcp", edits: "+after add 1 fault show * silent", status: 14,
				report: noLog + `
					portreg web: netsh shows no table any more; what is excluded now is not known
					FAILED 0 0 0 0 0`,
				after: `
					-after add 1 fault show * silent
					+fault show * silent
					+exclude tcp 8000 8000
					+exclude tcp 9000 9000`,
				log: `
					# listed 8000-8000/tcp
					# listed 9000-9000/tcp
					8000-8000/tcp
					9000-9000/tcp`},
			{flags: "--undo", edits: "-fault show * silent",
				report: `
					8000/tcp: released
					9000/tcp: released
					CHANGED 0 0 2 0 0`,
				after: "-exclude tcp 8000 8000\n-exclude tcp 9000 9000"},
		},
	},
	{
		name: "Visual Studio moved the dynamic port range",
		machine: `
			-dynamic ipv4 tcp 49152 16384
			-dynamic ipv6 tcp 49152 16384
			+dynamic ipv4 tcp 1024 64511
			+dynamic ipv6 tcp 1024 64511`,
		steps: []step{
			{flags: "--dynamic 49152-65535", list: "50000-50009/tcp",
				report: noLog + `
					dynamic port range of tcp on ipv4: 1024-65534 before, now 49152-65535; restart Windows
					dynamic port range of udp on ipv4: already 49152-65535
					dynamic port range of tcp on ipv6: 1024-65534 before, now 49152-65535; restart Windows
					dynamic port range of udp on ipv6: already 49152-65535
					50000-50009/tcp: already excluded
					CHANGED 1 0 0 0 0`,
				after: `
					-dynamic ipv4 tcp 1024 64511
					-dynamic ipv6 tcp 1024 64511
					+dynamic ipv4 tcp 49152 16384
					+dynamic ipv6 tcp 49152 16384`,
				log: `
					# listed 50000-50009/tcp
					# dynamic ipv4 tcp 1024 64511 49152 16384
					# dynamic ipv6 tcp 1024 64511 49152 16384`,
				calls: `
					set ipv4 tcp 49152-65535
					set ipv6 tcp 49152-65535`},
			{flags: "--dynamic 49152-65535", list: "50000-50009/tcp",
				report: `
					dynamic port range of tcp on ipv4: already 49152-65535
					dynamic port range of udp on ipv4: already 49152-65535
					dynamic port range of tcp on ipv6: already 49152-65535
					dynamic port range of udp on ipv6: already 49152-65535
					50000-50009/tcp: already excluded
					OK 1 0 0 0 0`,
				log: `
					# listed 50000-50009/tcp
					# dynamic ipv4 tcp 1024 64511 49152 16384
					# dynamic ipv6 tcp 1024 64511 49152 16384`,
				calls: "none"},
			{list: "50000-50009/tcp",
				report: `
					50000-50009/tcp: already excluded
					OK 1 0 0 0 0`,
				log: `
					# listed 50000-50009/tcp
					# dynamic ipv4 tcp 1024 64511 49152 16384
					# dynamic ipv6 tcp 1024 64511 49152 16384`,
				calls: "none"},
			{flags: "--undo",
				report: `
					dynamic port range of tcp on ipv4: set back to 1024-65534; restart Windows
					dynamic port range of tcp on ipv6: set back to 1024-65534; restart Windows
					CHANGED 0 0 0 0 0`,
				after: `
					-dynamic ipv4 tcp 49152 16384
					-dynamic ipv6 tcp 49152 16384
					+dynamic ipv4 tcp 1024 64511
					+dynamic ipv6 tcp 1024 64511`,
				calls: `
					set ipv4 tcp 1024-65534
					set ipv6 tcp 1024-65534`},
		},
	},
	{
		name: "the dynamic port range is moved twice",
		steps: []step{
			{flags: "--dynamic 40000-65535", list: "50000-50009/tcp",
				report: noLog + `
					dynamic port range of tcp on ipv4: 49152-65535 before, now 40000-65535; restart Windows
					dynamic port range of udp on ipv4: 49152-65535 before, now 40000-65535; restart Windows
					dynamic port range of tcp on ipv6: 49152-65535 before, now 40000-65535; restart Windows
					dynamic port range of udp on ipv6: 49152-65535 before, now 40000-65535; restart Windows
					50000-50009/tcp: already excluded
					CHANGED 1 0 0 0 0`,
				after: `
					-dynamic ipv4 tcp 49152 16384
					-dynamic ipv4 udp 49152 16384
					-dynamic ipv6 tcp 49152 16384
					-dynamic ipv6 udp 49152 16384
					+dynamic ipv4 tcp 40000 25536
					+dynamic ipv4 udp 40000 25536
					+dynamic ipv6 tcp 40000 25536
					+dynamic ipv6 udp 40000 25536`,
				log: `
					# listed 50000-50009/tcp
					# dynamic ipv4 tcp 49152 16384 40000 25536
					# dynamic ipv4 udp 49152 16384 40000 25536
					# dynamic ipv6 tcp 49152 16384 40000 25536
					# dynamic ipv6 udp 49152 16384 40000 25536`},
			{flags: "--dynamic 1025-65535", list: "50000-50009/tcp", edits: "+fault set 2 refuse", status: 10,
				report: `
					dynamic port range of tcp on ipv4: 40000-65535 before, now 1025-65535; restart Windows
					dynamic port range of udp on ipv4: could not be set
					dynamic port range of tcp on ipv6: 40000-65535 before, now 1025-65535; restart Windows
					dynamic port range of udp on ipv6: 40000-65535 before, now 1025-65535; restart Windows
					50000-50009/tcp: already excluded
					FAILED 1 0 0 0 0`,
				after: `
					-dynamic ipv4 tcp 40000 25536
					-dynamic ipv6 tcp 40000 25536
					-dynamic ipv6 udp 40000 25536
					+dynamic ipv4 tcp 1025 64511
					+dynamic ipv6 tcp 1025 64511
					+dynamic ipv6 udp 1025 64511`,
				log: `
					# listed 50000-50009/tcp
					# dynamic ipv4 tcp 49152 16384 1025 64511
					# dynamic ipv4 udp 49152 16384 40000 25536
					# dynamic ipv6 tcp 49152 16384 1025 64511
					# dynamic ipv6 udp 49152 16384 1025 64511`},
			{flags: "--undo",
				edits: `
					-fault set 2 refuse
					-dynamic ipv6 udp 1025 64511
					+dynamic ipv6 udp 20000 255`,
				report: `
					dynamic port range of tcp on ipv4: set back to 49152-65535; restart Windows
					dynamic port range of udp on ipv4: set back to 49152-65535; restart Windows
					dynamic port range of tcp on ipv6: set back to 49152-65535; restart Windows
					dynamic port range of udp on ipv6: changed by somebody else, left alone
					CHANGED 0 0 0 0 0`,
				after: `
					-dynamic ipv4 tcp 1025 64511
					-dynamic ipv4 udp 40000 25536
					-dynamic ipv6 tcp 1025 64511
					+dynamic ipv4 tcp 49152 16384
					+dynamic ipv4 udp 49152 16384
					+dynamic ipv6 tcp 49152 16384`},
		},
		left: "-dynamic ipv6 udp 49152 16384\n+dynamic ipv6 udp 20000 255",
	},
	{
		name:    "a dynamic port range that Windows does not take back",
		machine: "+strict 1\n-dynamic ipv4 tcp 49152 16384\n+dynamic ipv4 tcp 1024 64511",
		steps: []step{
			{flags: "--dynamic 49152-65535", list: "8000/tcp",
				report: noLog + `
					dynamic port range of tcp on ipv4: 1024-65534 before, now 49152-65535; restart Windows
					dynamic port range of udp on ipv4: already 49152-65535
					dynamic port range of tcp on ipv6: already 49152-65535
					dynamic port range of udp on ipv6: already 49152-65535
					8000/tcp: added
					CHANGED 0 1 0 0 0`,
				after: `
					-dynamic ipv4 tcp 1024 64511
					+dynamic ipv4 tcp 49152 16384
					+exclude tcp 8000 8000`,
				log: `
					# listed 8000-8000/tcp
					# dynamic ipv4 tcp 1024 64511 49152 16384
					8000-8000/tcp`},
			{flags: "--undo", status: 10,
				report: `
					dynamic port range of tcp on ipv4: could not be set back
					8000/tcp: released
					FAILED 0 0 1 0 0`,
				after: "-exclude tcp 8000 8000",
				log:   "# dynamic ipv4 tcp 1024 64511 49152 16384"},
		},
		left: "-dynamic ipv4 tcp 1024 64511\n+dynamic ipv4 tcp 49152 16384",
	},
	{
		name: "a dynamic port range that cannot be read",
		steps: []step{
			{flags: "--dynamic 40000-65535", list: "8000/tcp", edits: "+fault dynamic * silent", status: 10,
				report: noLog + `
					dynamic port range of tcp on ipv4: cannot be read, left alone
					dynamic port range of udp on ipv4: cannot be read, left alone
					dynamic port range of tcp on ipv6: cannot be read, left alone
					dynamic port range of udp on ipv6: cannot be read, left alone
					8000/tcp: added
					FAILED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8000",
				log:   "# listed 8000-8000/tcp\n8000-8000/tcp",
				calls: "add tcp 8000-8000"},
			{flags: "--undo", edits: "-fault dynamic * silent",
				report: `
					8000/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 8000 8000"},
		},
	},
	{
		name:    "not elevated",
		machine: "-elevated 1\n+elevated 0",
		steps: []step{
			{list: "8000/tcp", status: 20, report: "portreg web: run this elevated (Run as administrator); nothing was changed"},
			{flags: "--undo", status: 20, report: "portreg web: run this elevated (Run as administrator); nothing was changed"},
			{list: "8000/tcp", edits: "-elevated 0\n+elevated 1\n+fault reg * refuse",
				report: noLog + `
					8000/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8000",
				log:   "# listed 8000-8000/tcp\n8000-8000/tcp"},
			{flags: "--undo",
				report: `
					8000/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 8000 8000"},
		},
		left: "-elevated 0\n+elevated 1\n+fault reg * refuse",
	},
	{
		name:    "no table",
		machine: "+fault show * silent",
		steps: []step{
			{list: "8000/tcp", status: 21, report: "portreg web: netsh shows no table of excluded port ranges; nothing was changed"},
			{flags: "--undo", status: 21, report: "portreg web: netsh shows no table of excluded port ranges; nothing was changed"},
			{list: "8000/tcp", status: 21, edits: "-fault show * silent\n+fault show * refuse",
				report: "portreg web: netsh shows no table of excluded port ranges; nothing was changed"},
			{list: "8000/tcp", status: 21, edits: "-fault show * refuse\n+fault show 2 silent",
				report: "portreg web: netsh shows no table of excluded port ranges; nothing was changed"},
		},
		left: "-fault show * silent\n+fault show 2 silent",
	},
	{
		name: "touching * rows of somebody else",
		machine: `
			+exclude tcp 8010 8019
			+exclude tcp 8020 8024
			+exclude tcp 8035 8049`,
		steps: []step{
			{list: "8000-8039/tcp",
				report: noLog + `
					8000-8009/tcp: added
					8010-8024/tcp: already excluded
					8025-8034/tcp: added
					8035-8039/tcp: already excluded
					CHANGED 2 2 0 0 0`,
				after: "+exclude tcp 8000 8009\n+exclude tcp 8025 8034",
				log: `
					# listed 8000-8039/tcp
					8000-8009/tcp
					8025-8034/tcp`},
			{flags: "--undo",
				report: `
					8000-8009/tcp: released
					8025-8034/tcp: released
					CHANGED 0 0 2 0 0`,
				after: "-exclude tcp 8000 8009\n-exclude tcp 8025 8034"},
		},
	},
	{
		name: "failure in the middle",
		steps: []step{
			{list: "8000-8003/tcp, 8100-8103/tcp, 8200-8203/tcp", edits: "+fault add 2 refuse",
				report: noLog + `
					8000-8003/tcp: added
					8100-8103/tcp: added
					8200-8203/tcp: added
					CHANGED 0 3 0 0 0`,
				after: `
					+exclude tcp 8000 8003
					+exclude tcp 8100 8101
					+exclude tcp 8102 8103
					+exclude tcp 8200 8203`,
				log: `
					# listed 8000-8003/tcp
					# listed 8100-8103/tcp
					# listed 8200-8203/tcp
					8000-8003/tcp
					8100-8101/tcp
					8102-8103/tcp
					8200-8203/tcp`,
				calls: `
					add tcp 8000-8003
					!add tcp 8100-8103
					add tcp 8100-8101
					add tcp 8102-8103
					add tcp 8200-8203`},
			{flags: "--undo",
				report: `
					8000-8003/tcp: released
					8100-8101/tcp: released
					8102-8103/tcp: released
					8200-8203/tcp: released
					CHANGED 0 0 4 0 0`,
				after: `
					-exclude tcp 8000 8003
					-exclude tcp 8100 8101
					-exclude tcp 8102 8103
					-exclude tcp 8200 8203`},
			{list: "8000/tcp, 8001/udp, 8002/tcp", status: 12,
				report: noLog + `
					8000/tcp: added
					8002/tcp: in use, or refused by netsh
					8001/udp: added
					FAILED 0 2 0 0 1`,
				after: "+exclude tcp 8000 8000\n+exclude udp 8001 8001",
				log: `
					# listed 8000-8000/tcp
					# listed 8002-8002/tcp
					# listed 8001-8001/udp
					8000-8000/tcp
					8001-8001/udp`},
			{list: "8000/tcp, 8001/udp, 8002/tcp", edits: "-fault add 2 refuse",
				report: `
					8000/tcp: already excluded
					8002/tcp: added
					8001/udp: already excluded
					CHANGED 2 1 0 0 0`,
				after: "+exclude tcp 8002 8002",
				log: `
					# listed 8000-8000/tcp
					# listed 8002-8002/tcp
					# listed 8001-8001/udp
					8000-8000/tcp
					8002-8002/tcp
					8001-8001/udp`},
			{flags: "--undo",
				report: `
					8000/tcp: released
					8002/tcp: released
					8001/udp: released
					CHANGED 0 0 3 0 0`,
				after: `
					-exclude tcp 8000 8000
					-exclude tcp 8002 8002
					-exclude udp 8001 8001`},
		},
	},
	{
		name:    "a thousand ports in use",
		machine: "+busy tcp 1000 1999",
		steps: []step{
			{list: "900-1999/tcp, 2000/udp", status: 12, refused: 272,
				report: noLog + `
					900-999/tcp: added
					1000-1999/tcp: in use, or refused by netsh
					2000/udp: added
					FAILED 0 2 0 0 1`,
				after: `
					+exclude tcp 900 968
					+exclude tcp 969 986
					+exclude tcp 987 995
					+exclude tcp 996 999
					+exclude udp 2000 2000`,
				log: `
					# listed 900-1999/tcp
					# listed 2000-2000/udp
					900-968/tcp
					969-986/tcp
					987-995/tcp
					996-999/tcp
					2000-2000/udp`},
			{flags: "--undo",
				report: `
					900-968/tcp: released
					969-986/tcp: released
					987-995/tcp: released
					996-999/tcp: released
					2000/udp: released
					CHANGED 0 0 5 0 0`,
				after: `
					-exclude tcp 900 968
					-exclude tcp 969 986
					-exclude tcp 987 995
					-exclude tcp 996 999
					-exclude udp 2000 2000`},
		},
	},
	{
		name: "a log that an editor went through",
		steps: []step{
			{list: "8000-8039/tcp",
				report: noLog + `
					8000-8039/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8039",
				log:   "# listed 8000-8039/tcp\n8000-8039/tcp"},
			{list: "8000-8049/tcp, 9000/udp", write: "# mine & yours\n# portreg log of web\n\n8000-8039/tcp",
				report: `
					8000-8039/tcp: already excluded
					8040-8049/tcp: added
					9000/udp: added
					CHANGED 1 2 0 0 0`,
				after: "+exclude tcp 8040 8049\n+exclude udp 9000 9000",
				log: `
					# listed 8000-8049/tcp
					# listed 9000-9000/udp
					8000-8039/tcp
					8040-8049/tcp
					9000-9000/udp`},
			{flags: "--undo", write: "# portreg x\r\n8000-8039/tcp\r\n8040-8049/tcp\r\n8000-8039/tcp\r\n9000-9000/udp",
				report: `
					8000-8039/tcp: released
					8040-8049/tcp: released
					9000/udp: released
					CHANGED 0 0 3 0 0`,
				after: "-exclude tcp 8000 8039\n-exclude tcp 8040 8049\n-exclude udp 9000 9000"},
		},
	},
	{
		name: "the dynamic port range cannot be read back",
		machine: `
			-dynamic ipv4 tcp 49152 16384
			+dynamic ipv4 tcp 1024 64511`,
		steps: []step{
			{flags: "--dynamic 49152-65535", list: "50000-50009/tcp", edits: "+after set 1 fault dynamic * refuse", status: 10,
				report: noLog + `
					dynamic port range of tcp on ipv4: could not be set
					dynamic port range of udp on ipv4: cannot be read, left alone
					dynamic port range of tcp on ipv6: cannot be read, left alone
					dynamic port range of udp on ipv6: cannot be read, left alone
					50000-50009/tcp: already excluded
					FAILED 1 0 0 0 0`,
				after: `
					-after set 1 fault dynamic * refuse
					+fault dynamic * refuse
					-dynamic ipv4 tcp 1024 64511
					+dynamic ipv4 tcp 49152 16384`,
				log: "# listed 50000-50009/tcp\n# dynamic ipv4 tcp 1024 64511 49152 16384"},
			{flags: "--undo", edits: "-fault dynamic * refuse",
				report: `
					dynamic port range of tcp on ipv4: set back to 1024-65534; restart Windows
					CHANGED 0 0 0 0 0`,
				after: "-dynamic ipv4 tcp 49152 16384\n+dynamic ipv4 tcp 1024 64511"},
		},
	},
	{
		name: "somebody made a larger block of a logged one",
		steps: []step{
			{list: "8000-8039/tcp",
				report: noLog + `
					8000-8039/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8039",
				log:   "# listed 8000-8039/tcp\n8000-8039/tcp"},
			{list: "9000/tcp", edits: "-exclude tcp 8000 8039\n+exclude tcp 7990 8049", status: 11,
				report: `
					8000-8039/tcp: not released
					9000/tcp: added
					FAILED 0 1 0 0 0`,
				after: "+exclude tcp 9000 9000",
				log:   "# listed 9000-9000/tcp\n9000-9000/tcp"},
			{list: "9000/tcp",
				report: `
					9000/tcp: already excluded
					OK 1 0 0 0 0`,
				log:   "# listed 9000-9000/tcp\n9000-9000/tcp",
				calls: "none"},
			{flags: "--undo",
				report: `
					9000/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 9000 9000"},
		},
		left: "+exclude tcp 7990 8049",
	},
	{
		name: "a run was cut off while WinNAT was stopped",
		steps: []step{
			{list: "8000/tcp", edits: "-service running\n+service stopped",
				files: map[string]string{"web.log": "# portreg log of web\r\n# listed 8000-8000/tcp\r\n# winnat is to be started again\r\n"},
				report: `
					WinNAT started again
					8000/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "-service stopped\n+service running\n+exclude tcp 8000 8000",
				log:   "# listed 8000-8000/tcp\n8000-8000/tcp"},
			{flags: "--undo",
				report: `
					8000/tcp: released
					CHANGED 0 0 1 0 0`,
				after: "-exclude tcp 8000 8000"},
		},
	},
	damagedLog(),
	manyBlocks(20),
	{
		name: "other names' logs hold anything",
		steps: []step{
			{list: "8000-8039/tcp", files: map[string]string{
				"db.log":             "% & echo x>pwned.txt\r\n# listed 8030-8034/tcp\r\n# listed 8020-8029\r\n\r\n! ^ | \" ( ) %PATH%\r\n# listed 70000-70001/tcp\r\n",
				"a & b !x! ^.log":    "# listed 8035-8036/tcp\r\n",
				"x&netsh pwned&.log": "# listed 8000-8039/tcp\r\n",
				"db.txt":             "# listed 8000-8039/tcp\r\n",
			},
				report: noLog + `
					8000-8039/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8000 8039",
				log:   "# listed 8000-8039/tcp\n8000-8039/tcp"},
			{list: "8000/tcp",
				report: `
					8000/tcp: added again
					8001-8029/tcp: released
					8030-8034/tcp: added again
					8035-8039/tcp: released
					CHANGED 0 2 2 0 0`,
				after: `
					-exclude tcp 8000 8039
					+exclude tcp 8000 8000
					+exclude tcp 8030 8034`,
				log: `
					# listed 8000-8000/tcp
					8000-8000/tcp
					8030-8034/tcp`},
			{flags: "--undo",
				report: `
					8030-8034/tcp: still listed by db
					8000/tcp: released
					8030-8034/tcp: released
					CHANGED 0 0 2 0 0`,
				after: "-exclude tcp 8000 8000\n-exclude tcp 8030 8034"},
		},
	},
}

// damagedLog is a machine whose log became what no script writes: each time
// nothing may happen, and when the log is back all goes on.
func damagedLog() scenario {
	const good = "# portreg log of web: what the list named\r\n# listed 8000-8039/tcp\r\n8000-8039/tcp\r\n"
	s := scenario{name: "damaged log", steps: []step{{
		list: "8000-8039/tcp",
		report: noLog + `
			8000-8039/tcp: added
			CHANGED 0 1 0 0 0`,
		after: "+exclude tcp 8000 8039",
		log:   "# listed 8000-8039/tcp\n8000-8039/tcp",
	}}}
	for i, line := range []string{
		"80", "8000-8039", "8000-8039/sctp", "8000-8039/tcp x", "8000-8039/tcp/udp", "-8000-8039/tcp", "8000--8039/tcp",
		"8039-8000/tcp", "0-5/tcp", "65530-65536/tcp", "99999999999-99999999999/tcp", "8000x-8039/tcp", "0x10-0x20/tcp",
		"x & echo x>pwned.txt", "%PATH%", "!PATH!", "\"", "(", "8000-8039/tcp & echo x>pwned.txt", "\x01", "é",
		"# dynamic ipv4 tcp x 64511 49152 16384",
	} {
		flags := []string{"", "--undo"}[i%2]
		s.steps = append(s.steps, step{flags: flags, list: "8000-8009/tcp", write: good + line + "\r\n", status: 22,
			report: "portreg web: the log LOG is damaged; nothing was changed"})
	}
	for _, log := range []string{"8000-8039/tcp\r\n", "# mine\r\n", "\r\n", "\x00\x00\x00\x00\x00\x00\x00\x00"} {
		s.steps = append(s.steps, step{list: "8000-8009/tcp", write: log, status: 22,
			report: "portreg web: the log LOG is damaged; nothing was changed"})
	}
	s.steps = append(s.steps, step{flags: "--undo", write: good,
		report: `
			8000-8039/tcp: released
			CHANGED 0 0 1 0 0`,
		after: "-exclude tcp 8000 8039",
	})
	return s
}

// manyBlocks is a list of n ports, none beside another.
func manyBlocks(n int) scenario {
	var first, again, undo step
	first.report = noLog
	for i := range n {
		port := 10000 + 2*i
		first.list += fmt.Sprintf("%d/tcp\n", port)
		first.report += fmt.Sprintf("\n%d/tcp: added", port)
		first.after += fmt.Sprintf("+exclude tcp %d %d\n", port, port)
		first.log += fmt.Sprintf("# listed %d-%d/tcp\n%d-%d/tcp\n", port, port, port, port)
		again.report += fmt.Sprintf("%d/tcp: already excluded\n", port)
		undo.report += fmt.Sprintf("%d/tcp: released\n", port)
		undo.after += fmt.Sprintf("-exclude tcp %d %d\n", port, port)
	}
	first.report += fmt.Sprintf("\nCHANGED 0 %d 0 0 0", n)
	again.list, again.log, again.calls = first.list, first.log, "none"
	again.report += fmt.Sprintf("OK %d 0 0 0 0", n)
	undo.flags = "--undo"
	undo.report += fmt.Sprintf("CHANGED 0 0 %d 0 0", n)
	return scenario{name: fmt.Sprintf("%d blocks", n), steps: []step{first, again, undo}}
}
