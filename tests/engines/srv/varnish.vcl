# SPDX-License-Identifier: MIT
# A proxy of a slow server.
vcl 4.1;

backend slow {
	.host = "192.0.2.1";
	.port = "9000";
}

sub vcl_recv {
	return (pass);
}
