// SPDX-License-Identifier: MIT
// A server as in the documentation of node: on the first TERM it finishes its requests.
const http = require('http');

const server = http.createServer((request, response) => {
	response.write('begin\n');
	setTimeout(() => response.end('end\n'), request.url === '/slow' ? 2000 : 0);
});

process.once('SIGTERM', () => server.close());
server.listen(8080, () => console.log('ready'));
