#!/usr/bin/perl
# Connections that no client of ours makes, to a server on this host alone. It stops by itself.
#
#   perl hostile.pl reset PORT COUNT          opens and resets COUNT connections, one after the other
#   perl hostile.pl hold PORT COUNT HOSTS [HEX]   opens COUNT connections from so many addresses, sends the
#                                             bytes HEX on each and reads nothing; 400 are held at a time,
#                                             those that the server closes are replaced; holds the last ones
#                                             until stdin ends
#
# Prints "done" when COUNT is reached.
use strict;
use warnings;
use Socket;
use IO::Select;
use Errno qw(EINPROGRESS);

$| = 1;
$SIG{PIPE} = 'IGNORE';
alarm 120;    # whatever happens
my ($what, $port, $count, $hosts, $hex) = @ARGV;
my $held_at_a_time = 400;

sub open_connection {
    my ($from) = @_;
    socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
    bind($socket, sockaddr_in(0, inet_aton("127.0.0.$from"))) or die "bind: $!";
    connect($socket, sockaddr_in($port, inet_aton("127.0.0.1"))) or return;
    return $socket;
}

if ($what eq "reset") {
    for (1 .. $count) {
        my $socket = open_connection(2) or next;
        setsockopt($socket, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0)) or die "linger: $!";
        close $socket;
    }
    print "done\n";
    exit;
}

my $bytes = pack("H*", $hex // "");
my $held = IO::Select->new;
for my $i (1 .. $count) {
    # What the server has closed is let go of; of those that it holds the oldest makes room.
    while ($held->count >= $held_at_a_time) {
        my @over = $held->can_read(0);
        @over = ($held->handles)[0] unless @over;
        for my $socket (@over) { $held->remove($socket); close $socket }
    }
    my $socket = open_connection(2 + $i % $hosts) or next;
    syswrite($socket, $bytes) if length $bytes;
    $held->add($socket);
}
print "done\n";
while (<STDIN>) { }
