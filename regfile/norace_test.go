//go:build !race

package regfile

const raceEnabled = false
