/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include "failure.h"

struct settings settings_defaults(void)
{
	struct settings settings = {
		.lifecycle = lifecycle_defaults(),
		.failure_status = {STATUS_REFUSED, STATUS_CANNOT_RUN, STATUS_NOT_FOUND},
		.reporter = {.name = "dinit-su", .level = REPORT_WARNINGS},
	};

	for (int status = 0; status < 256; status++)
		settings.exit_map[status] = (uint8_t)status;
	return settings;
}
