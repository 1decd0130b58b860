/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include "report/failure.h"

void settings_add_defaults(struct settings *settings)
{
	settings->lifecycle = lifecycle_defaults();
	settings->failure_status[0] = STATUS_REFUSED;
	settings->failure_status[1] = STATUS_CANNOT_RUN;
	settings->failure_status[2] = STATUS_NOT_FOUND;
	settings->reporter = (struct reporter){.name = "dinit-su", .level = REPORT_WARNINGS};
}

void settings_set_user(struct settings *settings, const char *user)
{
	settings->identity.user = user;
	settings->reporter.user = user;
}

void settings_map_exit(struct settings *settings, uint8_t from, uint8_t to)
{
	settings->exit_change[from] = (uint8_t)(to - from);
}

int settings_exit_status(const struct settings *settings, int status)
{
	return (uint8_t)(status + settings->exit_change[status]);
}
