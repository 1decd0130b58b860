/* SPDX-License-Identifier: MIT */
/*
 * floor [FILE]... -- COMMAND [ARG]...: read each file once, then vfork, exec, wait, and nothing
 * else. No init can start a program faster: the times of the others are multiples of its time.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int read_once(const char *path)
{
	static char buffer[64 * 1024];
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	do
		got = read(file, buffer, sizeof(buffer));
	while (got > 0);
	close(file);
	return got < 0;
}

static int start(char **command)
{
	int status;
	pid_t child = vfork();

	if (child == 0) {
		execve(command[0], command, environ);
		_exit(127);
	}
	return child < 0 || waitpid(child, &status, 0) < 0 ? 125 : WEXITSTATUS(status);
}

int main(int count __attribute__((unused)), char **arguments)
{
	while (*++arguments && strcmp(*arguments, "--") != 0) {
		if (read_once(*arguments))
			return 125;
	}
	if (!*arguments || !*++arguments)
		return 125;
	return start(arguments);
}
