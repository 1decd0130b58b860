/* SPDX-License-Identifier: MIT */
#include "ids.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "parse.h"

bool ids_are_variables(const char *text)
{
	const char *rest = parse_variable(text);

	if (rest && *rest == ':')
		rest = parse_variable(rest + 1);
	return rest && *rest == '\0';
}

/* Read the id in the variable whose name ends at a colon or with the text. */
static bool read_variable(const char *name, char **environment, bool allow_root, bool *has,
			  uint32_t *id, struct failure *failure)
{
	const size_t length = strcspn(name, ":");

	while (*environment &&
	       (strncmp(*environment, name, length) != 0 || (*environment)[length] != '='))
		environment++;
	/* Compose files make a variable that nobody has set an empty one. */
	if (!*environment || (*environment)[length + 1] == '\0')
		return true;
	*has = parse_id(*environment + length + 1, id);
	if (!*has)
		return fail(failure, STATUS_REFUSED, "%s: no id: ids go from 0 to %u", *environment,
			    ID_MAX);
	if (*id == 0 && !allow_root)
		return fail(failure, STATUS_REFUSED,
			    "%s: the environment may ask for root only where the image's author "
			    "wrote --allow-root",
			    *environment);
	return true;
}

static bool read_variables(const struct settings *settings, char **environment, struct ids *ids,
			   struct failure *failure)
{
	const char *names = settings->ids_from_environment, *colon = strchr(names, ':');

	ids->source = names;
	ids->missing = "is not set";
	return read_variable(names, environment, settings->allow_root, &ids->has_uid, &ids->uid,
			     failure) &&
	       (!colon || read_variable(colon + 1, environment, settings->allow_root, &ids->has_gid,
					&ids->gid, failure));
}

static bool read_owner(const char *path, struct ids *ids, struct failure *failure)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return fail(failure, STATUS_REFUSED, "--ids-of %s: %s", path, strerror(errno));
	ids->source = path;
	ids->missing = "belongs to root";
	ids->uid = status.st_uid;
	ids->gid = status.st_gid;
	ids->has_uid = ids->uid != 0;
	/* Somebody's file in root's group makes nobody a member of that. */
	ids->has_gid = ids->has_uid && ids->gid != 0;
	return true;
}

bool ids_choose(const struct settings *settings, char **environment, struct ids *ids,
		struct failure *failure)
{
	*ids = (struct ids){0};
	if (settings->ids_from_environment)
		return read_variables(settings, environment, ids, failure);
	if (settings->ids_of)
		return read_owner(settings->ids_of, ids, failure);
	ids->has_uid =
		settings->ids && parse_ids(settings->ids, &ids->uid, &ids->has_gid, &ids->gid);
	return true;
}
