package ranges_test

import (
	"fmt"
	"os"
	"strings"

	"portreg/ranges"
)

func ExampleParse() {
	l, err := ranges.Parse("ports.txt", []byte("# Database tier\n1433-1434 # SQL Server\n1434, 1435\n5022/tcp # endpoint\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(l.Ports())
	fmt.Println(l.Labels(ranges.Range{First: 1434, Last: 6000}, ranges.Both))
	// Output:
	// 1433-1435, 5022/tcp
	// [SQL Server endpoint]
}

func ExampleParse_errors() {
	_, err := ranges.Parse("ports.txt", []byte("80\n443 # web\n1433:1434\n8080, 90 95\n"))
	fmt.Println(err)
	// Output:
	// ports.txt:3:1: "1433:1434" is not a port range; write 1433-1434
	// ports.txt:4:7: "90 95" is not a port range; write 90-95 for all ports between, or 90, 95 for the two
}

func ExampleList_Format() {
	l, err := ranges.Parse("ports.txt", []byte("1433 -1434# SQL Server\n"))
	if err != nil {
		fmt.Println(err)
	}
	l, _ = ranges.Parse("ports.txt", []byte("1433-1434# SQL Server\r\n  5022-5022/tcp  # endpoint\r\n8080,8443\r\n"))
	os.Stdout.Write(l.Format())
	// Output:
	// ports.txt:1:1: "1433 -1434" is not a port range; write 1433-1434
	// 1433-1434  # SQL Server
	// 5022/tcp   # endpoint
	// 8080, 8443
}

func ExampleScan() {
	for e, err := range ranges.Scan(strings.NewReader("80, 443/tcp\n90-80\n"), "ports.txt") {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%v at %d:%d\n", e, e.Line, e.Col)
	}
	// Output:
	// 80 at 1:1
	// 443/tcp at 1:5
	// ports.txt:2:1: "90-80" is not a port range; write 80-90
}

func ExampleReadPorts() {
	ports, err := ranges.ReadPorts(strings.NewReader("80-85\n84-90\n443/udp\n"), "ports.txt")
	fmt.Println(ports, err)
	fmt.Println(ports.TCP)
	// Output:
	// 80-90, 443/udp <nil>
	// 80-90
}

func ExampleSetOf() {
	s := ranges.SetOf(ranges.Range{First: 85, Last: 90}, ranges.Range{First: 80, Last: 84}, ranges.Range{First: 443, Last: 443})
	fmt.Println(s, s.Len(), s.Contains(84))
	// Output: 80-90, 443 12 true
}

func ExampleDiff() {
	both := func(rr ...ranges.Range) ranges.Ports {
		return ranges.Ports{TCP: ranges.SetOf(rr...), UDP: ranges.SetOf(rr...)}
	}
	added, removed := ranges.Diff(both(ranges.Range{First: 80, Last: 90}), both(ranges.Range{First: 85, Last: 100}))
	fmt.Println("+", added)
	fmt.Println("-", removed)
	// Output:
	// + 91-100
	// - 80-84
}
