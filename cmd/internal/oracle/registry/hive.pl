# Puts values into a hive and says what is in it, by the library of hivex and
# not by way of .reg files:
#
#   hive.pl set HIVE FILE    hive.pl list HIVE FILE
#
# FILE is as registry.c has it. Paths are below the root.
use strict;
use warnings;
use Encode qw(decode encode);
use Win::Hivex;

use constant NONE => 0xFFFFFFFF;
my ($what, $path, $name) = @ARGV;
my $hive = Win::Hivex->open($path, write => $what eq "set");
open my $file, $what eq "set" ? "<:raw" : ">:raw", $name or die "$name: $!";

sub take {
	my ($n) = @_;
	$n == 0 or read($file, my $bytes, $n) == $n or die "entry is cut off";
	return $n == 0 ? "" : $bytes;
}

sub set {
	while (read $file, my $sizes, 16) {
		my ($key, $name, $type, $data) = unpack "V4", $sizes;
		my $node = $hive->root();
		for (split /\\/, decode("UTF-16LE", take($key))) {
			$node = $hive->node_get_child($node, $_) || $hive->node_add_child($node, $_);
		}
		next if $name == NONE;
		my $value = {key => decode("UTF-16LE", take($name)), t => $type};
		$value->{value} = take($data);
		$hive->node_set_value($node, $value);
	}
	$hive->commit(undef);
}

sub put {
	my ($path, $name, $type, $data) = @_;
	my $key = encode("UTF-16LE", $path);
	my $label = defined $name ? encode("UTF-16LE", $name) : "";
	print $file pack("V4", length $key, defined $name ? length $label : NONE, $type, length $data), $key, $label, $data;
}

sub list {
	my ($node, $path) = @_;
	put($path, undef, 0, "");
	for ($hive->node_values($node)) {
		my ($type, $data) = $hive->value_value($_);
		put($path, $hive->value_key($_), $type, $data);
	}
	for ($hive->node_children($node)) {
		my $name = $hive->node_name($_);
		list($_, $path eq "" ? $name : "$path\\$name");
	}
}

$what eq "set" ? set() : list($hive->root(), "");
close $file or die "$name: $!";
