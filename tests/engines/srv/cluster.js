// SPDX-License-Identifier: MIT
// A primary that ends its workers in order, and starts new ones on HUP; they handle no signal.
const cluster = require('cluster');
const http = require('http');

function serve(request, response) {
	response.write('begin\n');
	setTimeout(() => response.end('end\n'), request.url === '/slow' ? 2000 : 0);
}

function begin() {
	for (let count = 0; count < 2; count++)
		cluster.fork();
}

if (cluster.isPrimary) {
	begin();
	process.once('SIGTERM', () => cluster.disconnect());
	process.on('SIGHUP', () => {
		const old = Object.values(cluster.workers);
		begin();
		old.forEach((worker) => worker.disconnect());
	});
} else {
	http.createServer(serve).listen(8080);
}
