// Package gpp writes and reads Registry.xml, which has Group Policy Preferences set
// values of the registry.
//
// # The file
//
// A GPO keeps it under Machine\Preferences\Registry. It is XML without a namespace
// (MS-GPPREF 2.2.1.17):
//
//	<RegistrySettings clsid="{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}">
//	  <Registry clsid="{9CD4B2F4-923D-47f5-A062-E897DD1DAD50}" name="…" status="…" image="7" changed="…" uid="{…}">
//	    <Properties action="U" … hive="HKEY_LOCAL_MACHINE" key="SYSTEM\…" name="…" type="REG_MULTI_SZ" value="80-90 443-443">
//	      <Values><Value>80-90</Value><Value>443-443</Value></Values>
//	    </Properties>
//	    <Filters>…</Filters>
//	  </Registry>
//	</RegistrySettings>
//
// Items may stand in a Collection, and that in another. A Collection or a Registry can
// be the first element, too: that is what the editor takes by paste or drag and drop.
// An element with disabled="1" does nothing.
//
// action is C (create where it is not there), R (delete and create), U (set, create
// where it is not there) or D (delete); without it, U. Without a name, and without
// default="1" for the key's default value, it is about the key: D deletes it with all
// below it, R empties it.
//
// hive is a root key by its long name; key has neither that nor a backslash at either
// end. Of values, the specification says no more than that they are there. As the
// editor and Set-GPPrefRegistryValue write them (captures in hraedon/gpo-studio and
// onlinecrash24/SAMADCON):
//
//	REG_SZ, REG_EXPAND_SZ   value is the text
//	REG_DWORD, REG_QWORD    8 or 16 hexadecimal digits, whatever displayDecimal says
//	REG_BINARY              two hexadecimal digits a byte, with blanks between or without
//	REG_MULTI_SZ            Values has the strings, value has them joined by a blank
//
// Which of the last two Windows goes by is not known.
//
// # Targeting
//
// Filters (MS-GPPREF 2.2.1.22) say where an item is applied: FilterOs is a version of
// Windows, FilterCollection is a bracket, there are many more. Each has a truth value,
// which not="1" turns around; bool, AND or OR, combines it with those before it.
// Whether AND binds stronger than OR is not said: what depends on it is not known here.
//
// Windows 2000 has no Preferences; XP and Server 2003 have them with KB 943729, and
// later versions have them in the box.
package gpp
