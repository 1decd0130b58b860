<?php
// SPDX-License-Identifier: MIT
// The application of PHP-FPM.
while (ob_get_level())
	ob_end_flush();
echo "begin\n";
flush();
// Not sleep(3), which a signal ends.
for ($end = microtime(true) + ($_SERVER['DOCUMENT_URI'] === '/slow' ? 2 : 0); microtime(true) < $end;)
	usleep(10000);
echo "end\n";
