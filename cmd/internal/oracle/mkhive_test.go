package oracle

import "encoding/binary"

const (
	hiveBlock = 4096       // the base block, and the one bin
	binHeader = 32         // bytes of a bin before its first cell
	noCell    = 0xFFFFFFFF // "no cell"
	rootName  = "CMI-CreateHive{00000000-0000-0000-0000-000000000000}"
)

// emptyHive is a valid regf 1.3 hive of 8 KiB: the base block and one bin that
// holds the root key, its security descriptor and one free cell. hivexregedit,
// reged and reglookup open it and can extend it.
func emptyHive() []byte {
	bin := make([]byte, hiveBlock)
	copy(bin, "hbin")
	binary.LittleEndian.PutUint32(bin[8:], hiveBlock)
	rootOffset := uint32(binHeader)
	securityOffset := rootOffset + cellSize(rootKey(0))
	putCell(bin, rootOffset, rootKey(securityOffset))
	free := putCell(bin, securityOffset, securityCell(securityOffset))
	binary.LittleEndian.PutUint32(bin[free:], hiveBlock-free) // positive size: free
	return append(baseBlock(rootOffset), bin...)
}

// cellSize counts the bytes of a cell: a 4-byte size and the payload, rounded
// up to 8.
func cellSize(payload []byte) uint32 { return uint32(4+len(payload)+7) &^ 7 }

// putCell stores the payload as a used cell, which has a negative size, and
// gives the offset of the next.
func putCell(bin []byte, offset uint32, payload []byte) uint32 {
	size := cellSize(payload)
	binary.LittleEndian.PutUint32(bin[offset:], -size)
	copy(bin[offset+4:], payload)
	return offset + size
}

// rootKey is the nk record: no subkeys, no values, no class.
func rootKey(security uint32) []byte {
	nk := make([]byte, 0x4C, 0x4C+len(rootName))
	copy(nk, "nk")
	put := func(offset int, v uint32) { binary.LittleEndian.PutUint32(nk[offset:], v) }
	nk[0x02] = 0x2C // KEY_HIVE_ENTRY, KEY_NO_DELETE, KEY_COMP_NAME
	put(0x10, noCell)
	put(0x1C, noCell) // stable subkeys
	put(0x20, noCell) // volatile subkeys
	put(0x28, noCell) // value list
	put(0x2C, security)
	put(0x30, noCell) // class
	nk[0x48] = byte(len(rootName))
	return append(nk, rootName...)
}

// securityCell is the sk record, the only one of its ring.
func securityCell(offset uint32) []byte {
	descriptor := securityDescriptor()
	sk := []byte("sk\x00\x00")
	for _, v := range []uint32{offset, offset, 1, uint32(len(descriptor))} {
		sk = binary.LittleEndian.AppendUint32(sk, v)
	}
	return append(sk, descriptor...)
}

// securityDescriptor is self-relative: owner and group Administrators, and
// full access for Everyone.
func securityDescriptor() []byte {
	admins := sid(5, 32, 544)
	everyone := sid(1, 0)
	u16, u32 := binary.LittleEndian.AppendUint16, binary.LittleEndian.AppendUint32
	ace := u16([]byte{0, 2}, uint16(8+len(everyone)))
	ace = append(u32(ace, 0xF003F), everyone...)
	dacl := u16([]byte{2, 0}, uint16(8+len(ace)))
	dacl = append(u16(u16(dacl, 1), 0), ace...)
	const owner = 20
	group := uint32(owner + len(admins))
	head := u16([]byte{1, 0}, 0x8004)
	for _, offset := range []uint32{owner, group, 0, group + uint32(len(admins))} {
		head = u32(head, offset)
	}
	return append(append(append(head, admins...), admins...), dacl...)
}

func sid(authority byte, parts ...uint32) []byte {
	b := []byte{1, byte(len(parts)), 0, 0, 0, 0, 0, authority}
	for _, p := range parts {
		b = binary.LittleEndian.AppendUint32(b, p)
	}
	return b
}

// baseBlock is the regf header; its checksum is the XOR of the 127 words before
// it.
func baseBlock(root uint32) []byte {
	base := make([]byte, hiveBlock)
	copy(base, "regf")
	put := func(offset int, v uint32) { binary.LittleEndian.PutUint32(base[offset:], v) }
	put(0x04, 1) // both sequence numbers alike: clean
	put(0x08, 1)
	put(0x14, 1) // version 1.3
	put(0x18, 3)
	put(0x20, 1) // loaded directly
	put(0x24, root)
	put(0x28, hiveBlock)
	put(0x2C, 1) // clustering factor
	var sum uint32
	for i := 0; i < 0x1FC; i += 4 {
		sum ^= binary.LittleEndian.Uint32(base[i:])
	}
	put(0x1FC, sum)
	return base
}
